/**
 * What a reader should check: doubtful words, and words whose speaker is uncertain. Python says
 * which; the user goes through them.
 */
import { library } from './library-client.js';
import { playPart } from './play-part.js';
import { reader } from './reader.js';
import { effect, shown, signal, store, untracked, update } from './store.js';
import { tellError } from './toasts.js';

/** New text is asked about after a pause. */
const PAUSE_MS = 400;
/** How much of the recording is played before and after a word. */
const AROUND_S = 1;

/**
 * @typedef {{ segment: number, word: number }} Place of a word, by its indices
 *
 * @typedef {object} Doubts
 * @property {string} id of the transcript
 * @property {ReadonlyMap<number, readonly number[]>} places words by segment
 * @property {number} count
 * @property {Place | null} at where the user is
 *
 * @typedef {{ segment: number, first: number, stop: number }} Stretch of words of a segment
 *
 * @typedef {object} Voices
 * @property {string} id of the transcript
 * @property {readonly Stretch[]} stretches of words whose speaker is uncertain, in order
 * @property {Stretch | null} at where the user is
 */

/** @type {Doubts} */
const NONE = { id: '', places: new Map(), count: 0, at: null };
/** @type {Voices} */
const NO_VOICES = { id: '', stretches: [], at: null };

/** Of the transcript on show. */
export const doubts = signal(NONE);
/** Of the transcript on show. */
export const uncertain = signal(NO_VOICES);

/** Ask which words are doubtful whenever the text on show has changed. */
export function startDoubts() {
  let timer = 0;
  /** @type {unknown} */
  let known = null;
  effect(() => {
    const transcript = store.opened?.early ? null : store.opened?.transcript;
    const segments = transcript?.segments ?? null;
    if (segments === known) return;
    const first = untracked(() => doubts.value.id) !== transcript?.id;
    known = segments;
    clearTimeout(timer);
    if (!transcript) [doubts.value, uncertain.value] = [NONE, NO_VOICES];
    else timer = setTimeout(() => void ask(transcript.id), first ? 0 : PAUSE_MS);
  });
}

/** @param {string} id */
async function ask(id) {
  try {
    const request = /** @type {const} */ ({ type: 'get-doubtful-words', transcript_id: id });
    // An older page, in another tab, knows no speakers.
    const { words, speakers = [] } = await library.request(request);
    if (store.opened?.id !== id) return;
    /** @type {Map<number, number[]>} */
    const places = new Map();
    for (const [segment, word] of words) {
      const others = places.get(segment);
      if (others) others.push(word);
      else places.set(segment, [word]);
    }
    const { id: before, at } = doubts.value;
    doubts.value = { id, places, count: words.length, at: before === id ? at : null };
    const stretches = speakers.map(([segment, first, stop]) => ({ segment, first, stop }));
    uncertain.value = { id, stretches, at: null };
  } catch {
    // The library of an older page, in another tab, does not know: nothing is marked.
    doubts.value = NONE;
    uncertain.value = NO_VOICES;
  }
}

/** Go to the next words whose speaker is uncertain, and play them with what is around them. */
export function nextUncertain() {
  const text = reader.value;
  const { id, stretches, at } = uncertain.value;
  if (!text || text.transcript !== id) return;
  const from = at ?? { segment: text.sentence, first: -1 };
  const next =
    stretches.find((each) => (each.segment - from.segment || each.first - from.first) > 0) ??
    stretches[0];
  if (!next) return;
  uncertain.value = { ...uncertain.value, at: next };
  const words = text.segments[next.segment]?.words ?? [];
  const [first, last] = [words[next.first], words[next.stop - 1]];
  void text.go(next.segment, { word: next.first });
  if (first && last && text.playable) playPart(first.start_s - AROUND_S, last.end_s + AROUND_S);
}

/** The speaker of the sentence at which the user is, is right. */
export async function confirmSpeaker() {
  const { id: transcript_id, at } = uncertain.value;
  const speaker = at && reader.value?.segments[at.segment]?.speaker;
  if (!at || !speaker) return;
  try {
    const { segment } = at;
    const type = /** @type {const} */ ('assign-speaker');
    const following = false;
    update(shown(await library.request({ type, transcript_id, segment, speaker, following })));
  } catch (thrown) {
    tellError(thrown);
  }
}

/** Go to another doubtful word, and play it with what is around it. @param {1 | -1} step */
export function stepDoubt(step) {
  const text = reader.value;
  const { id, places, at } = doubts.value;
  if (!text || text.transcript !== id || !places.size) return;
  const all = [...places].flatMap(([segment, words]) => words.map((word) => ({ segment, word })));
  const from = at ?? { segment: text.sentence, word: step > 0 ? -1 : 0 };
  const after = (/** @type {Place} */ place) =>
    place.segment - from.segment || place.word - from.word;
  const next = step > 0 ? all.find((p) => after(p) > 0) : all.findLast((p) => after(p) < 0);
  const place = next ?? (step > 0 ? all[0] : all.at(-1));
  if (!place) return;
  doubts.value = { ...doubts.value, at: place };
  const word = text.segments[place.segment]?.words[place.word];
  void text.go(place.segment, { word: place.word });
  if (word && text.playable) playPart(word.start_s - AROUND_S, word.end_s + AROUND_S);
}

/** The word at which the user is, is right: it is not doubtful any more. */
export async function confirmDoubt() {
  const { id, places, at, count } = doubts.value;
  if (!at || !places.get(at.segment)?.includes(at.word)) return;
  const others = places.get(at.segment)?.filter((word) => word !== at.word) ?? [];
  const left = new Map(places);
  if (others.length) left.set(at.segment, others);
  else left.delete(at.segment);
  doubts.value = { ...doubts.value, places: left, count: count - 1 };
  try {
    const { segment, word } = at;
    await library.request({ type: 'check-word', transcript_id: id, segment, word });
  } catch (thrown) {
    tellError(thrown);
    void ask(id);
  }
}

/** Whether the user is at a word that waits for an answer. */
export function atDoubt() {
  const { places, at } = doubts.value;
  return Boolean(at && places.get(at.segment)?.includes(at.word));
}

/** The user goes on reading elsewhere. */
export function leaveDoubt() {
  if (doubts.value.at) doubts.value = { ...doubts.value, at: null };
}
