/** Find and replace in the text on show: what is looked for, where it is, what is left out. */
/** @import { ErrorView, FindText, FoundText } from '../generated/messages' */
import { changeSettings } from './actions.js';
import { settings } from './files.js';
import { change } from './history.js';
import { library } from './library-client.js';
import { reader } from './reader.js';
import { viewOf } from './request-error.js';
import { signal, store } from './store.js';
import * as t from './strings/editing.js';
import { note } from './toasts.js';

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

/** Look for something else. @param {Partial<Finding>} over */
export function look(over) {
  if (!finding.value) return;
  finding.value = { ...finding.value, ...over };
  clearTimeout(timer);
  timer = setTimeout(() => void ask(), PAUSE_MS);
}

/** Leave a place as it is, or not. @param {number} number @param {boolean} skips */
export function skip(number, skips) {
  if (!finding.value) return;
  const skipped = new Set(finding.value.skipped);
  if (skips) skipped.add(number);
  else skipped.delete(number);
  finding.value = { ...finding.value, skipped };
}

async function ask() {
  const transcript_id = store.opened?.id;
  const mine = ++asked;
  const { query, replacement } = finding.value ?? NOTHING;
  if (!transcript_id) return;
  const answered = (/** @type {Partial<Finding>} */ over) => {
    if (mine === asked && finding.value) {
      finding.value = { ...finding.value, skipped: new Set(), problem: null, ...over };
    }
  };
  if (!query.text.trim()) return answered({ places: [] });
  try {
    const found = await library.request({ type: 'find', transcript_id, query, replacement });
    answered(found);
  } catch (thrown) {
    answered({ places: [], problem: viewOf(thrown) });
  }
}

/** Replace every place that is not skipped, as one change. */
export async function replaceFound() {
  const transcript_id = store.opened?.id;
  if (!finding.value || !transcript_id) return;
  const { query, replacement, places, skipped, revision, expected } = finding.value;
  const numbers = places.map((_, number) => number).filter((number) => !skipped.has(number));
  const type = /** @type {const} */ ('replace');
  const request = { type, transcript_id, query, replacement, only: numbers, revision };
  const done = await change(request);
  if (!done) return void ask();
  closeFind();
  note(t.replaced(numbers.length));
  if (expected) await expect(replacement.trim());
}

/** Let later recordings be written with this name. @param {string} name */
async function expect(name) {
  const { terms } = await settings();
  if (name && !terms.includes(name)) await changeSettings({ terms: [...terms, name] });
}
