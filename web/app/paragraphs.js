/**
 * Where paragraphs of a transcript begin. py/earwitness/domain/paragraphs.py is its twin;
 * tests/fixtures/paragraph-cases.json holds the cases that both must solve.
 */
/** @import { Segment } from '../generated/messages' */
import {
  ABBREVIATIONS,
  PARAGRAPH_FULL_WORDS,
  PARAGRAPH_LONG_PAUSE_S,
  PARAGRAPH_MOST_WORDS,
  PARAGRAPH_PAUSE_S,
  SENTENCE_CLOSERS,
  SENTENCE_END,
  SENTENCE_OPENERS,
} from '../generated/constants.js';
import { readingWords } from './scripts.js';

const CLOSING = new RegExp(`[${escaped(SENTENCE_CLOSERS)}]+$`, 'u');
const OPENING = new RegExp(`^[${escaped(SENTENCE_OPENERS)}]+`, 'u');
const ABBREVIATED = new Set(ABBREVIATIONS);
const ENDS = new Set(SENTENCE_END);

/**
 * A part of a transcript as the rule reads it.
 * @typedef {Pick<Segment, 'start_s' | 'end_s' | 'text' | 'speaker' | 'begins_paragraph'>} Part
 */

/**
 * @param {readonly Part[]} segments
 * @param {number} [from] a segment that begins a paragraph, not only because the user said so
 * @param {(index: number) => boolean} [isKnown] whether all paragraphs from a start on are known
 * @returns {number[]} the indices, in order, of the segments that begin a paragraph; later segments
 *   never change the result for earlier ones, nor what stands before a start that for later ones
 */
export function paragraphStarts(segments, from = 0, isKnown = () => false) {
  /** @type {number[]} */
  const starts = [];
  let words = 0;
  let lastWord = '';
  /** @type {Part | undefined} */
  let before;
  for (let index = from; index < segments.length; index += 1) {
    const segment = /** @type {Part} */ (segments[index]);
    const text = segment.text.trim();
    const isStart = !before || begins(before, segment, lastWord, words);
    if (isStart && before && isKnown(index)) break;
    if (isStart || segment.begins_paragraph) starts.push(index);
    if (isStart) words = 0;
    words += readingWords(text);
    if (text) lastWord = /\S+$/.exec(text)?.[0] ?? '';
    before = segment;
  }
  return starts;
}

/**
 * @param {Part} before
 * @param {Part} segment
 * @param {string} lastWord of the text before
 * @param {number} words of the paragraph so far
 */
function begins(before, segment, lastWord, words) {
  if (segment.speaker !== before.speaker || words >= PARAGRAPH_MOST_WORDS) return true;
  const pause_s = segment.start_s - before.end_s;
  if (pause_s > PARAGRAPH_LONG_PAUSE_S) return true;
  const long = pause_s > PARAGRAPH_PAUSE_S || words >= PARAGRAPH_FULL_WORDS;
  return long && endsSentence(lastWord, segment.text);
}

/**
 * @param {string} word
 * @param {string} following the text after it
 * @returns {boolean} whether a sentence ends with the word
 */
function endsSentence(word, following) {
  const bare = word.trim().replace(CLOSING, '');
  const last = bare.at(-1) ?? '';
  if (!ENDS.has(last)) return false;
  if (last !== '.') return true;
  if (ABBREVIATED.has(bare.toLowerCase()) || /^\p{L}\.$/u.test(bare)) return false;
  return !/^\p{Lowercase}/u.test(following.trim().replace(OPENING, ''));
}

/** @param {string} characters @returns {string} for the brackets of a regular expression */
function escaped(characters) {
  return characters.replace(/[\\\]^-]/g, '\\$&').replaceAll('[', '\\[');
}
