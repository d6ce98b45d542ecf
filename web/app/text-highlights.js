/** What the user marks in the text on show: highlights with a colour, a label and a note. */
/** @import { ChangedHighlight, Highlight, HighlightChanges, Request } from '../generated/messages' */
/** @import { Paragraph } from './paragraph-text.js' */
import { HIGHLIGHT_COLOURS } from '../generated/constants.js';
import { noteChange } from './history.js';
import { library } from './library-client.js';
import { ask } from './questions.js';
import { announce, reader } from './reader.js';
import { viewOf } from './request-error.js';
import { changed, signal, store, update } from './store.js';
import * as words from './strings/editing.js';
import * as t from './strings/highlights.js';
import { selectedPart } from './text-selection.js';
import { segmentIn, spansIn } from './time-ranges.js';
import { tellError } from './toasts.js';
import { offerTyped } from './typing.js';

const CONFLICT = 'EditConflictError';

/** @typedef {Highlight['colour']} Colour */

/**
 * The highlight whose label and note are on show; `focus`: the note was asked for. Null: none is.
 */
export const shownHighlight = signal(
  /** @type {{ id: string, transcript: string, focus: boolean } | null} */ (null),
);
/** The colour of the next highlight. */
let colour = /** @type {Colour} */ (HIGHLIGHT_COLOURS[0]);

/** @returns {readonly Highlight[]} of the transcript on show, in order */
export const highlightsShown = () => store.opened?.transcript?.highlights ?? [];

/** @param {string} id @returns {Highlight | undefined} */
export const highlightOf = (id) => highlightsShown().find((each) => each.id === id);

/** @returns {string[]} every label that was used, in this transcript and others */
export function knownLabels() {
  const own = highlightsShown().flatMap(({ label }) => label || []);
  return [...new Set([...own, ...store.labels])].sort();
}

/**
 * The shortest highlight at a character.
 * @param {Paragraph} paragraph
 * @param {number} offset
 * @returns {Highlight | undefined}
 */
export function highlightAt(paragraph, offset) {
  const length = (/** @type {Highlight} */ { start_s, end_s }) => end_s - start_s;
  return highlightsShown()
    .filter((each) =>
      spansIn(paragraph, each).some(({ begin, end }) => begin <= offset && offset < end),
    )
    .sort((a, b) => length(a) - length(b))[0];
}

/**
 * Mark the selected words, else the sentence at which the user is. What is marked already is shown.
 * @param {boolean} [withNote] the note can be typed at once
 */
export async function markHere(withNote = false) {
  const text = reader.value;
  const { transcript } = store.opened ?? {};
  if (!text || !transcript || text.transcript !== transcript.id) return;
  const card = shownHighlight.value;
  const selected = selectedPart();
  if (!selected && card) {
    shownHighlight.value = { ...card, focus: true };
    return;
  }
  const known = selected ? sameAs(selected) : text.highlightHere;
  if (known) return void show(known.id, true);
  const spoken = text.passage.flatMap((passage) => passage.spoken);
  const [first, last] = [spoken[0], spoken.at(-1)];
  const part = selected ?? (first && last && { start_s: first.start_s, end_s: last.end_s });
  if (!part) return;
  const id = crypto.randomUUID();
  const { done } = await changeHighlights({ add: [{ ...part, id, colour, label: '', note: '' }] });
  if (!done) return;
  getSelection()?.removeAllRanges();
  announce(t.marked(t.colours[colour]));
  show(id, withNote);
}

/** @param {{ start_s: number, end_s: number }} part */
const sameAs = (part) =>
  highlightsShown().find(({ start_s, end_s }) => start_s === part.start_s && end_s === part.end_s);

/** Show colour, label and note. @param {string} id @param {boolean} [focus] */
export function show(id, focus = false) {
  const transcript = store.opened?.id;
  if (transcript) shownHighlight.value = { id, transcript, focus };
}

/** Bring a highlight into view, and show what is noted. @param {Highlight} highlight */
export async function goTo(highlight) {
  const text = reader.value;
  const segment = segmentIn(text?.segments ?? [], highlight);
  if (!text) return;
  const last = text.segments.findLastIndex(({ start_s }) => start_s <= highlight.start_s);
  await text.go(segment < 0 ? Math.max(0, last) : segment, { at_s: highlight.start_s });
  show(highlight.id);
}

/**
 * Give a highlight other values. What somebody else wrote meanwhile is replaced only if the user
 * says so.
 * @param {string} id
 * @param {Partial<ChangedHighlight>} values
 * @param {number} revision of the text that has the values before
 * @returns {Promise<{ done: boolean, revision: number }>} with the revision of the text now; not
 *   done where the values must be given again
 */
export async function changeHighlight(id, values, revision) {
  if (values.colour) colour = values.colour;
  const highlights = { change: { [id]: values } };
  const made = await changeHighlights(highlights, revision);
  if (!made.conflict) return made;
  const { yours, theirs } = made.conflict;
  const hint = words.twoTexts(yours ?? '', theirs);
  const view = { type: CONFLICT, message: words.changedElsewhere, hint, detail: '' };
  const answer = await ask({ view, yes: words.keepMine, no: words.keepOther });
  if (answer === 'yes') return changeHighlights(highlights, made.revision);
  void offerTyped(yours ?? '', words.otherKept);
  return { done: true, revision: made.revision };
}

/** Take a highlight away, with a way back. @param {string} id */
export async function removeHighlight(id) {
  shownHighlight.value = null;
  const { done, revision } = await changeHighlights({ remove: [id] });
  if (done) noteChange(t.removed, store.opened?.id ?? '', revision);
}

/**
 * @param {{ add?: HighlightChanges['add'], remove?: string[],
 *   change?: Record<string, Partial<ChangedHighlight>> }} highlights
 * @param {number} [revision]
 * @returns {Promise<{ done: boolean, revision: number,
 *   conflict?: { yours: string | null, theirs: string } }>}
 */
async function changeHighlights(highlights, revision = 0) {
  const id = store.opened?.id ?? '';
  const made = { type: 'update', transcript_id: id, highlights, revision: revision || null };
  const request = /** @type {Extract<Request, { type: 'update' }>} */ (made);
  try {
    const updated = await library.request(request);
    update(changed(updated));
    return { done: true, revision: updated.transcript.revision };
  } catch (thrown) {
    const { type, detail } = viewOf(thrown);
    if (type !== CONFLICT) {
      tellError(thrown);
      return { done: false, revision };
    }
    update(({ opened }) => ({ opened: opened && { ...opened, stale: true } }));
    const { revision: now, conflicts } = JSON.parse(detail);
    const conflict = /** @type {{ yours: string | null, theirs: string }} */ (conflicts[0]);
    return { done: false, revision: Number(now), conflict };
  }
}
