/** Find and replace in the text on show: what is looked for, where it is, what is left out. */
/** @import { ErrorView, FindText, FoundInRecording, FoundText } from '../generated/messages' */
/** @import { ReplacedEverywhere } from '../generated/messages' */
import { changeSettings } from './actions.js';
import { settings } from './files.js';
import { stillSkipped } from './found-places.js';
import { change, noteChange } from './history.js';
import { library } from './library-client.js';
import { reader } from './reader.js';
import { RequestError, viewOf } from './request-error.js';
import { outdated, signal, store, update } from './store.js';
import * as t from './strings/editing.js';
import { note, tellError } from './toasts.js';

/** The library is asked after a pause in typing. */
const PAUSE_MS = 200;

/**
 * @typedef {object} Finding
 * @property {FindText} query
 * @property {string} replacement
 * @property {boolean} expected the name is expected in later recordings
 * @property {boolean} everywhere in all recordings, not only in the one on show
 * @property {readonly FoundText[]} places in the one on show
 * @property {readonly FoundInRecording[]} recordings
 * @property {ReadonlySet<string>} skippedRecordings ids of those that stay as they are
 * @property {ReadonlySet<number>} skipped numbers of the places that stay as they are
 * @property {number} revision of the text that was searched
 * @property {boolean} waiting the places are those of an earlier search
 * @property {ErrorView | null} problem
 */

/** @type {Finding} */
const NOTHING = {
  query: {
    text: '',
    match_case: false,
    whole_words: false,
    regular_expression: false,
    across_segments: true,
  },
  replacement: '',
  expected: false,
  everywhere: false,
  places: [],
  recordings: [],
  skippedRecordings: new Set(),
  skipped: new Set(),
  revision: 0,
  waiting: false,
  problem: null,
};

/** Null while nothing is looked for. */
export const finding = signal(/** @type {Finding | null} */ (null));

let timer = 0;
/** Counts the questions: only the newest answer is shown. */
let asked = 0;

/** Look for something, at first for the selected words. */
export function openFind() {
  const passage = reader.value?.selection.length ? reader.value.passage : [];
  const [selected] = passage.length === 1 ? passage : [];
  finding.value = NOTHING;
  if (selected) look({ query: { ...NOTHING.query, text: selected.text } });
}

export function closeFind() {
  clearTimeout(timer);
  asked += 1;
  finding.value = null;
}

/** Look for something else. @param {Partial<Pick<Finding, 'query' | 'replacement' | 'everywhere'>>} over */
export function look(over) {
  if (!finding.value) return;
  finding.value = { ...finding.value, ...over, waiting: true };
  clearTimeout(timer);
  timer = setTimeout(() => void ask(), PAUSE_MS);
}

/** Expect the name in later recordings, or not. @param {boolean} expected */
export function expectName(expected) {
  if (finding.value) finding.value = { ...finding.value, expected };
}

/** Leave a place as it is, or not. @param {number} number @param {boolean} skips */
export function skip(number, skips) {
  if (!finding.value) return;
  const skipped = new Set(finding.value.skipped);
  if (skips) skipped.add(number);
  else skipped.delete(number);
  finding.value = { ...finding.value, skipped };
}

/** What the places on show were searched by. @type {FindText} */
let searched = NOTHING.query;

/** Leave a recording as it is, or not. @param {string} id @param {boolean} skips */
export function skipRecording(id, skips) {
  if (!finding.value) return;
  const skippedRecordings = new Set(finding.value.skippedRecordings);
  if (skips) skippedRecordings.add(id);
  else skippedRecordings.delete(id);
  finding.value = { ...finding.value, skippedRecordings };
}

/** @param {Finding} found @returns {readonly FoundInRecording[]} where it is replaced */
const chosenRecordings = ({ recordings, skippedRecordings }) =>
  recordings.filter(({ transcript_id }) => !skippedRecordings.has(transcript_id));

/** @param {Finding} found @returns {number} places that will be replaced */
export const countChosen = (found) =>
  found.everywhere
    ? chosenRecordings(found).reduce((sum, { count }) => sum + count, 0)
    : found.places.length - found.skipped.size;

async function ask() {
  const transcript_id = store.opened?.id;
  const mine = ++asked;
  const { query, replacement, everywhere } = finding.value ?? NOTHING;
  if (!transcript_id) return;
  const answered = (/** @type {Partial<Finding>} */ over) => {
    if (mine !== asked || !finding.value) return;
    const { skipped, places, skippedRecordings } = finding.value;
    const isSame = searched === query;
    const nothing = { places: [], recordings: [], problem: null, waiting: false };
    const left = isSame ? stillSkipped(skipped, places, over.places ?? []) : new Set();
    const leftRecordings = isSame ? skippedRecordings : new Set();
    searched = query;
    finding.value = {
      ...finding.value,
      ...nothing,
      ...over,
      skipped: left,
      skippedRecordings: leftRecordings,
    };
  };
  if (!query.text.trim()) return answered({});
  try {
    if (everywhere) {
      return answered(await library.request({ type: 'find-everywhere', query, replacement }));
    }
    const found = await library.request({ type: 'find', transcript_id, query, replacement });
    answered(found);
  } catch (thrown) {
    answered({ problem: viewOf(thrown) });
  }
}

/**
 * Replace every place that is not skipped, as one change. Places that the user has not seen yet are
 * only shown.
 * @returns {Promise<boolean>} whether they are replaced
 */
export async function replaceFound() {
  const transcript_id = store.opened?.id;
  if (!finding.value || !transcript_id) return false;
  const { query, replacement, places, skipped, revision, expected, waiting } = finding.value;
  clearTimeout(timer);
  if (waiting) {
    await ask();
    return false;
  }
  if (!countChosen(finding.value)) return false;
  if (finding.value.everywhere) return replaceEverywhere(finding.value);
  const numbers = places.map((_, number) => number).filter((number) => !skipped.has(number));
  const type = /** @type {const} */ ('replace');
  const request = { type, transcript_id, query, replacement, only: numbers, revision };
  const done = await change(request);
  if (!done) {
    await ask();
    return false;
  }
  noteChange(t.replaced(numbers.length), transcript_id, done.transcript.revision);
  if (expected) await expect(replacement.trim());
  return true;
}

/**
 * Replace in every recording that is not skipped, as one change.
 * @param {Finding} found
 * @returns {Promise<boolean>} whether they are replaced
 */
async function replaceEverywhere(found) {
  const { query, replacement, expected } = found;
  try {
    const done = await library.request({
      type: 'replace-everywhere',
      query,
      replacement,
      recordings: chosenRecordings(found).map(({ transcript_id, revision }) => ({
        transcript_id,
        revision,
      })),
    });
    update(outdated);
    tellReplaced(done);
    if (expected) await expect(replacement.trim());
    return true;
  } catch (thrown) {
    tellError(thrown);
    await ask();
    return false;
  }
}

/** @param {ReplacedEverywhere} done */
function tellReplaced({ replaced, changed_since, not_saved, error }) {
  const count = replaced.reduce((sum, each) => sum + each.count, 0);
  const [first] = replaced;
  const told = [t.replacedIn(count, replaced.length)];
  if (changed_since.length) told.push(t.leftAsTheyAre(changed_since));
  if (not_saved.length) told.push(t.notReplaced(not_saved));
  if (first) noteChange(told.join(' '), first.transcript_id, first.revision);
  else note(told.join(' '));
  if (error) tellError(new RequestError(error));
}

/** Let later recordings be written with this name. @param {string} name */
async function expect(name) {
  const { terms } = await settings();
  if (name && !terms.includes(name)) await changeSettings({ terms: [...terms, name] });
}
