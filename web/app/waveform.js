/** The timeline's picture of a recording: peaks, what is played, and marks. */

/**
 * @typedef {object} Mark what others want to show on the timeline
 * @property {'speaker' | 'hit' | 'doubt'} kind
 * @property {number} start_s
 * @property {number} end_s
 * @property {string} [color] of a speaker, as CSS has it
 *
 * @typedef {object} Picture
 * @property {Uint8Array | null} peaks
 * @property {number} peak_s seconds of a peak
 * @property {number} from_s what the picture shows
 * @property {number} to_s
 * @property {number} position_s
 * @property {{ start_s: number, end_s: number | null } | null} loop
 * @property {readonly Mark[]} marks
 * @property {(name: string) => string} color of the wave, of what is played, and of each mark
 */

/** CSS pixels. */
const BAR = 2;
const STEP = 3;
const TICK = 2;
const BAND = 3;
const DOT = 1.5;
const LOUDEST = 255;

/**
 * @param {CanvasRenderingContext2D} context of which one unit is a CSS pixel
 * @param {number} width
 * @param {number} height
 * @param {Picture} picture
 */
export function drawWaveform(context, width, height, picture) {
  const { peaks, from_s, to_s, position_s, loop, marks, color } = picture;
  const at = (/** @type {number} */ time_s) => ((time_s - from_s) / (to_s - from_s)) * width;
  context.clearRect(0, 0, width, height);
  if (loop) {
    const end_s = loop.end_s ?? position_s;
    context.fillStyle = color('--wave-loop');
    context.fillRect(at(loop.start_s), 0, Math.max(1, at(end_s) - at(loop.start_s)), height);
  }
  const played = at(position_s);
  const heights = peaks && barsOf(peaks, picture.peak_s, from_s, to_s, Math.ceil(width / STEP));
  const room = height - 2 * (BAND + 1);
  for (let bar = 0; bar * STEP < width; bar++) {
    const x = bar * STEP;
    const tall = heights ? Math.max(1, heights[bar] * room) : 1;
    context.fillStyle = color(x < played ? '--wave-played' : '--wave');
    context.fillRect(x, (height - tall) / 2, BAR, tall);
  }
  for (const mark of marks) {
    if (mark.end_s < from_s || mark.start_s > to_s) continue;
    const x = at(mark.start_s);
    context.fillStyle = mark.color ?? color(`--wave-${mark.kind}`);
    if (mark.kind === 'speaker') {
      context.fillRect(x, height - BAND, Math.max(1, at(mark.end_s) - x), BAND);
    } else if (mark.kind === 'hit') {
      context.fillRect(x, 0, TICK, height);
    } else {
      context.beginPath();
      context.arc(x, DOT, DOT, 0, 2 * Math.PI);
      context.fill();
    }
  }
  context.fillStyle = color('--wave-played');
  context.fillRect(played - TICK / 2, 0, TICK, height);
}

/**
 * @param {Uint8Array} peaks
 * @param {number} peak_s
 * @param {number} from_s
 * @param {number} to_s
 * @param {number} count
 * @returns {number[]} the loudest peak of each bar, from 0 to 1
 */
export function barsOf(peaks, peak_s, from_s, to_s, count) {
  const each = (to_s - from_s) / peak_s / count;
  return Array.from({ length: count }, (_, bar) => {
    const first = Math.floor(from_s / peak_s + bar * each);
    const last = Math.max(first + 1, Math.floor(from_s / peak_s + (bar + 1) * each));
    let loudest = 0;
    for (let index = first; index < last; index++) loudest = Math.max(loudest, peaks[index] ?? 0);
    return loudest / LOUDEST;
  });
}

/**
 * The part that is shown after zooming around a place.
 * @param {{ from_s: number, to_s: number }} view
 * @param {number} around_s keeps its place
 * @param {number} factor more than 1: less is shown
 * @param {number} length_s
 * @returns {{ from_s: number, to_s: number }}
 */
export function zoomed({ from_s, to_s }, around_s, factor, length_s) {
  const span_s = Math.max(
    Math.min(SPAN_MIN_S, length_s),
    Math.min(length_s, (to_s - from_s) / factor),
  );
  const share = (around_s - from_s) / (to_s - from_s || 1);
  return moved({ from_s: around_s - share * span_s, to_s: 0 }, span_s, length_s);
}

/**
 * A part of that length, kept inside the recording.
 * @param {{ from_s: number, to_s: number }} view
 * @param {number} span_s
 * @param {number} length_s
 * @returns {{ from_s: number, to_s: number }}
 */
export function moved({ from_s }, span_s, length_s) {
  const start_s = Math.max(0, Math.min(from_s, length_s - span_s));
  return { from_s: start_s, to_s: start_s + span_s };
}

/** What can be shown at least. */
const SPAN_MIN_S = 5;
