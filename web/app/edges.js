/** Moving the start and the end of a sentence in time. */
import { change } from './history.js';
import { playPart } from './play-part.js';
import { reader } from './reader.js';
import { signal, store } from './store.js';

/** How far one step goes. */
export const STEP_S = 0.1;
/** How much is played behind a start, or before an end. */
const HEARD_S = 1.5;

/** The sentence whose edges are on show; null: none. */
export const movedSentence = signal(
  /** @type {{ transcript: string, segment: number } | null} */ (null),
);

/** Show the edges of the sentence at which the user is. */
export function openEdges() {
  const text = reader.value;
  if (!text || text.sentence < 0 || text.transcript !== store.opened?.transcript?.id) return;
  movedSentence.value = { transcript: text.transcript, segment: text.sentence };
}

/**
 * @typedef {'start_s' | 'end_s'} Edge
 * @typedef {Partial<Record<Edge, number>>} Edges times in seconds
 *
 * @typedef {object} Move
 * @property {string} transcript
 * @property {number} revision of the text on show
 * @property {number} segment
 * @property {Edges} edges where they are moved to
 */

/**
 * Move edges of a sentence, as far as the sentences beside it allow.
 * @param {Move} move
 * @returns {Promise<boolean>} whether an edge has stopped before
 */
export async function moveEdges({ transcript: transcript_id, revision, segment, edges }) {
  const move = [{ segment, start_s: null, end_s: null, ...edges }];
  const done = await change({ type: 'update', transcript_id, revision, move });
  const { transcript } = store.opened ?? {};
  const now = transcript?.id === transcript_id ? transcript.segments[segment] : null;
  if (!done || !now) return false;
  return Object.entries(edges).some(([edge, at_s]) => now[/** @type {Edge} */ (edge)] !== at_s);
}

/** Play what is at an edge of the sentence. @param {Edge} edge */
export function hear(edge) {
  const segment = store.opened?.transcript?.segments[movedSentence.value?.segment ?? -1];
  if (!segment || !reader.value?.playable) return;
  const { start_s, end_s } = segment;
  if (edge === 'start_s') playPart(start_s, Math.min(end_s, start_s + HEARD_S));
  else playPart(Math.max(start_s, end_s - HEARD_S), end_s);
}
