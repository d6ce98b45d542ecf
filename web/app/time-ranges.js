/**
 * The words of a text that lie in a part of the recording: those whose middle lies in it, as in
 * `py/earwitness/domain/time_ranges.py`; tests/fixtures/time-ranges.json holds the cases that both
 * must solve.
 */
/** @import { Segment } from '../generated/messages' */
/** @import { Span } from './paragraph-text.js' */
import { indexAt, Paragraph } from './paragraph-text.js';
import { between } from './scripts.js';

/** @typedef {{ start_s: number, end_s: number }} Part of a recording */

/**
 * @param {Part} part its ends count
 * @param {Part} timed
 * @returns {boolean} whether the middle of the one lies in the other
 */
export function holds({ start_s, end_s }, timed) {
  const middle_s = (timed.start_s + timed.end_s) / 2;
  return start_s <= middle_s && middle_s <= end_s;
}

/**
 * The characters of a paragraph that lie in a part; words that follow each other are one span.
 * @param {Paragraph} paragraph
 * @param {Part} part
 * @returns {Span[]}
 */
export function spansIn({ spoken, segments, first }, part) {
  /** @type {Span[]} */
  const spans = [];
  let isNext = false;
  for (const { begin, end, segment, word, ...timed } of spoken) {
    const empty = word < 0 && !segments[segment - first]?.text.trim();
    const isInside = !empty && holds(part, timed);
    const last = spans.at(-1);
    if (isInside && isNext && last) last.end = end;
    else if (isInside) spans.push({ begin, end });
    isNext = isInside;
  }
  return spans;
}

/**
 * @param {readonly Segment[]} segments of a transcript
 * @param {Part} part
 * @returns {number} index of the first segment with words in the part; -1: there is none
 */
export function segmentIn(segments, part) {
  for (const index of near(segments, part)) if (textOf(segments, index, part)) return index;
  return -1;
}

/**
 * @param {readonly Segment[]} segments of a transcript
 * @param {Part} part
 * @returns {string} the words in the part, in one line; empty where there are none
 */
export function textIn(segments, part) {
  let line = '';
  for (const index of near(segments, part)) {
    const own = textOf(segments, index, part);
    line += between(line, own) + own;
  }
  return line;
}

/** @param {readonly Segment[]} segments @param {number} index @param {Part} part */
function textOf(segments, index, part) {
  const segment = segments[index];
  if (!segment) return '';
  const paragraph = new Paragraph(0, [segment]);
  let line = '';
  for (const { begin, end } of spansIn(paragraph, part)) {
    const own = paragraph.text.slice(begin, end);
    line += between(line, own) + own;
  }
  return line;
}

/** @param {readonly Segment[]} segments @param {Part} part @returns {number[]} indices */
function near(segments, { start_s, end_s }) {
  const last = indexAt(segments, end_s);
  let first = last;
  while (first > 0 && (segments[first - 1]?.end_s ?? 0) >= start_s) first -= 1;
  return last < 0 ? [] : [...Array(last - first + 1).keys()].map((index) => first + index);
}
