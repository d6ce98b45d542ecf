/**
 * Scripts that are written without spaces between words. py/earwitness/domain/scripts.py has the
 * table; tests/fixtures/joined-texts.json holds the cases that both must solve.
 */
import { UNSPACED_SCRIPTS, WIDE_CLOSING, WIDE_OPENING } from '../generated/constants.js';

const CHARACTERS = UNSPACED_SCRIPTS.map(([characters]) => characters).join('');
const UNSPACED = new RegExp(`[${CHARACTERS}]`, 'u');
const EACH_UNSPACED = new RegExp(UNSPACED, 'gu');
const SCRIPTS = UNSPACED_SCRIPTS.map(([characters, perWord]) => ({
  character: new RegExp(`[${characters}]`, 'gu'),
  perWord,
}));
const LETTER = new RegExp(`[\\p{L}\\p{N}${CHARACTERS}]`, 'u');
// biome-ignore lint/suspicious/noControlCharactersInRegex: the first and the last of ASCII
const ASCII = /^[\x00-\x7f]*$/;
/** Characters before a seam that are looked at. */
const NEAR = 16;

/**
 * @param {string} text
 * @returns {number} how long it is to read, in words of a language with spaces
 */
export function readingWords(text) {
  if (ASCII.test(text)) return count(text, /\S+/g);
  let words = 0;
  for (const { character, perWord } of SCRIPTS) words += count(text, character) / perWord;
  return words + count(text.replace(EACH_UNSPACED, ' '), /\S+/g);
}

/**
 * @param {string} before a text without spaces around it
 * @param {string} after another one
 * @returns {'' | ' '} what stands between the two in one line
 */
export function between(before, after) {
  if (!before || !after) return '';
  if (ASCII.test(before.at(-1) ?? '') && /^\w/.test(after)) return ' ';
  const closed = WIDE_CLOSING.includes([...before.slice(-2)].at(-1) ?? '');
  const letter = [...before.slice(-2 * NEAR)].slice(-NEAR).filter((each) => LETTER.test(each));
  if (!closed && !UNSPACED.test(letter.at(-1) ?? '')) return ' ';
  const first = LETTER.exec(after)?.[0] ?? '';
  const opened = WIDE_OPENING.includes([...after.slice(0, 2)][0] ?? '');
  return !closed && !opened && !UNSPACED.test(first) ? ' ' : '';
}

/** @param {string} text @param {RegExp} pattern with the flag g */
const count = (text, pattern) => text.match(pattern)?.length ?? 0;

/**
 * Where a found word stands in a text: at the beginning of words, as the search finds it; anywhere
 * in scripts without spaces.
 * @param {string} text
 * @param {string} word
 * @returns {number[]} the indices at which it begins
 */
export function placesOf(text, word) {
  const places = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
    const [before = ''] = /.$/su.exec(text.slice(0, at)) ?? [];
    const inside = /[\p{L}\p{N}]/u.test(before) && !UNSPACED.test(before);
    if (!inside || UNSPACED.test(word[0] ?? '')) places.push(at);
  }
  return places;
}
