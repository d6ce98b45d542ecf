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
 * Move an edge of the sentence, and let the user hear where it is now.
 * @param {'start_s' | 'end_s'} edge
 * @param {number} at_s
 */
export async function moveEdge(edge, at_s) {
  const { segment = -1 } = movedSentence.value ?? {};
  const { transcript } = store.opened ?? {};
  if (!transcript || segment < 0 || !Number.isFinite(at_s)) return;
  const { id: transcript_id, revision } = transcript;
  const edges = { start_s: null, end_s: null, [edge]: Math.round(at_s * 1000) / 1000 };
  const move = [{ segment, ...edges }];
  const done = await change({ type: 'update', transcript_id, revision, move });
  if (done) hear(edge);
}

/** Play what is at an edge of the sentence. @param {'start_s' | 'end_s'} edge */
export function hear(edge) {
  const segment = store.opened?.transcript?.segments[movedSentence.value?.segment ?? -1];
  if (!segment || !reader.value?.playable) return;
  const { start_s, end_s } = segment;
  if (edge === 'start_s') playPart(start_s, Math.min(end_s, start_s + HEARD_S));
  else playPart(Math.max(start_s, end_s - HEARD_S), end_s);
}
