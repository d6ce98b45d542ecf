/** Where nothing is heard, from a recording's peaks. */
/** @import { Segment } from '../generated/messages' */

/** Seconds of a peak; see web/workers/peaks.js. */
export const PEAK_S = 0.02;
/** A shorter pause belongs to the speech. */
const SILENCE_MIN_S = 0.8;
/** What is left of a silence, at its start and at its end. */
const MARGIN_S = 0.2;
/** Peaks are square roots: 24 dB below the loud parts. */
const QUIET = 0.25;
/** Below this nobody hears anything. */
const QUIET_MIN = 8;
const LOUD_SHARE = 0.95;
const LEVELS = 256;

/**
 * @param {Uint8Array} peaks
 * @returns {readonly (readonly [start_s: number, end_s: number])[]} what can be left out, in order
 */
export function silencesIn(peaks) {
  const limit = Math.max(QUIET_MIN, QUIET * loudLevel(peaks));
  /** @type {(readonly [number, number])[]} */
  const found = [];
  let start = 0;
  for (let index = 0; index <= peaks.length; index++) {
    if (index < peaks.length && peaks[index] < limit) continue;
    if ((index - start) * PEAK_S >= SILENCE_MIN_S) {
      found.push([start * PEAK_S + MARGIN_S, index * PEAK_S - MARGIN_S]);
    }
    start = index + 1;
  }
  return found;
}

/**
 * @param {readonly (readonly [number, number])[]} silences
 * @param {number} at_s
 * @returns {readonly [number, number] | null} the silence in which that place lies
 */
export function silenceAt(silences, at_s) {
  let low = 0;
  let high = silences.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (silences[middle][1] <= at_s) low = middle + 1;
    else high = middle;
  }
  return silences[low]?.[0] <= at_s ? silences[low] : null;
}

/**
 * Whether a word stands there: somebody may speak more quietly than others.
 * @param {readonly Segment[]} segments
 * @param {number} from_s
 * @param {number} to_s
 */
export const isSpoken = (segments, from_s, to_s) =>
  segments.some(
    ({ start_s, end_s, words }) =>
      start_s < to_s &&
      end_s > from_s &&
      (!words?.length || words.some((word) => word.start_s < to_s && word.end_s > from_s)),
  );

/** @param {Uint8Array} peaks */
function loudLevel(peaks) {
  const counts = new Uint32Array(LEVELS);
  for (const peak of peaks) counts[peak]++;
  let left = peaks.length * (1 - LOUD_SHARE);
  for (let level = LEVELS - 1; level > 0; level--) {
    left -= counts[level];
    if (left < 0) return level;
  }
  return 0;
}
