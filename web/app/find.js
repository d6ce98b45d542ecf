/** Find and replace in the text on show: what is looked for, where it is, what is left out. */
/** @import { ErrorView, FindText, FoundText } from '../generated/messages' */
import { changeSettings } from './actions.js';
import { settings } from './files.js';
import { stillSkipped } from './found-places.js';
import { change, noteChange } from './history.js';
import { library } from './library-client.js';
import { reader } from './reader.js';
import { viewOf } from './request-error.js';
import { signal, store } from './store.js';
import * as t from './strings/editing.js';

/** The library is asked after a pause in typing. */
const PAUSE_MS = 200;

/**
 * @typedef {object} Finding
 * @property {FindText} query
 * @property {string} replacement
 * @property {boolean} expected the name is expected in later recordings
 * @property {readonly FoundText[]} places
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
  places: [],
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

/** Look for something else. @param {Partial<Pick<Finding, 'query' | 'replacement'>>} over */
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

async function ask() {
  const transcript_id = store.opened?.id;
  const mine = ++asked;
  const { query, replacement } = finding.value ?? NOTHING;
  if (!transcript_id) return;
  const answered = (/** @type {Pick<Finding, 'places'> & Partial<Finding>} */ over) => {
    if (mine !== asked || !finding.value) return;
    const { skipped, places } = finding.value;
    const left = searched === query ? stillSkipped(skipped, places, over.places) : new Set();
    searched = query;
    finding.value = { ...finding.value, problem: null, ...over, skipped: left, waiting: false };
  };
  if (!query.text.trim()) return answered({ places: [] });
  try {
    const found = await library.request({ type: 'find', transcript_id, query, replacement });
    answered(found);
  } catch (thrown) {
    answered({ places: [], problem: viewOf(thrown) });
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
  const numbers = places.map((_, number) => number).filter((number) => !skipped.has(number));
  if (!numbers.length) return false;
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

/** Let later recordings be written with this name. @param {string} name */
async function expect(name) {
  const { terms } = await settings();
  if (name && !terms.includes(name)) await changeSettings({ terms: [...terms, name] });
}
