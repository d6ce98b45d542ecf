/** Paragraphs as they are read: sentences joined in one line, and where each word stands in it. */
/** @import { Segment, Word } from '../generated/messages' */
import { paragraphStarts } from './paragraphs.js';
import { between } from './scripts.js';
import { noText } from './strings/transcript.js';

/** How far behind the word before a word is looked for: a correction may have removed some. */
const SEARCHED = 40;

/**
 * @typedef {object} Span a part of a paragraph's text
 * @property {number} begin of the characters
 * @property {number} end of the characters, exclusive
 *
 * @typedef {Span & { segment: number, word: number, start_s: number, end_s: number }} Spoken a word
 *   with its place in the transcript; `word` is -1 for a whole sentence whose words have no times
 */

/** Some sentences in a row, drawn as one. */
export class Paragraph {
  /** @type {readonly Spoken[] | undefined} */
  #spoken;

  /**
   * @param {number} first index of the first segment in the transcript
   * @param {readonly Segment[]} segments at least one
   * @param {Paragraph} [like] one of the same segments
   */
  constructor(first, segments, like) {
    this.first = first;
    this.segments = segments;
    const line = like ?? inOneLine(segments);
    /** One line. An emptied sentence has words that say so. @type {string} */
    this.text = line.text;
    /** Of the text, for each segment. @type {readonly Span[]} */
    this.spans = line.spans;
  }

  /** The same paragraph in another place. @param {number} first */
  moved(first) {
    return first === this.first ? this : new Paragraph(first, this.segments, this);
  }

  /** The text to type in: an emptied sentence has no words in it. */
  get typed() {
    if (this.segments.every(({ text }) => text.trim())) return this.text;
    let line = '';
    for (const { text } of this.segments) line += between(line, text.trim()) + text.trim();
    return line;
  }

  /** @param {number} offset of a character @returns {number} that of the text to type in */
  typedOffset(offset) {
    const index = this.segmentAt(offset) - this.first;
    const before = this.segments.slice(0, index + 1);
    if (before.every(({ text }) => text.trim())) return offset;
    const own = this.segments[index]?.text.trim() ?? '';
    const line = new Paragraph(0, before).typed;
    const inside = Math.min(own.length, offset - (this.spans[index]?.begin ?? 0));
    return own ? line.length - own.length + inside : line.length;
  }

  get start_s() {
    return this.segments[0]?.start_s ?? 0;
  }

  get speaker() {
    return this.segments[0]?.speaker ?? null;
  }

  /** Every word that has a time, in order; of sentences without such words the sentence. */
  get spoken() {
    this.#spoken ??= this.segments.flatMap((segment, index) => this.#spokenOf(segment, index));
    return this.#spoken;
  }

  /** @param {number} segment index in the transcript @returns {Span | undefined} */
  spanOf(segment) {
    return this.spans[segment - this.first];
  }

  /**
   * @param {number} segment index in the transcript
   * @param {number} word its index in the segment; -1: the whole segment
   * @returns {Span | undefined} undefined where the text does not have the word any more
   */
  wordSpan(segment, word) {
    if (word < 0) return this.spanOf(segment);
    return this.spoken.find((each) => each.segment === segment && each.word === word);
  }

  /**
   * @param {number} offset of a character
   * @returns {number} index in the transcript of the segment that has it, or ends before it
   */
  segmentAt(offset) {
    const after = this.spans.findIndex(({ begin }) => begin > offset);
    return this.first + (after < 0 ? this.spans.length : after) - 1;
  }

  /**
   * @param {number} offset of a character
   * @returns {Spoken | undefined} the word that has it; between words the sentence
   */
  spokenAt(offset) {
    const found = this.spoken.find(({ begin, end }) => begin <= offset && offset < end);
    if (found) return found;
    const index = this.segmentAt(offset);
    const segment = this.segments[index - this.first];
    const span = this.spanOf(index);
    if (!segment || !span || offset >= span.end) return undefined;
    return { ...span, segment: index, word: -1, start_s: segment.start_s, end_s: segment.end_s };
  }

  /** @param {Segment} segment @param {number} index @returns {Spoken[]} */
  #spokenOf(segment, index) {
    const { begin, end } = this.spans[index] ?? { begin: 0, end: 0 };
    const number = this.first + index;
    const placed = placedWords(segment.words, this.text.slice(begin, end), begin);
    if (placed.length) return placed.map((each) => ({ ...each, segment: number }));
    const { start_s, end_s } = segment;
    return [{ begin, end, segment: number, word: -1, start_s, end_s }];
  }
}

/**
 * @param {readonly Segment[]} segments
 * @returns {{ text: string, spans: readonly Span[] }}
 */
function inOneLine(segments) {
  /** @type {Span[]} */
  const spans = [];
  let text = '';
  let said = '';
  for (const { text: own } of segments) {
    const bare = own.trim();
    text += (text && between(said || noText, bare || noText)) || '';
    const begin = text.length;
    text += bare || noText;
    if (bare) said = bare;
    spans.push({ begin, end: text.length });
  }
  return { text, spans };
}

/**
 * @param {readonly Word[]} words
 * @param {string} text of their sentence
 * @param {number} at where the sentence begins
 */
function placedWords(words, text, at) {
  const placed = [];
  let from = 0;
  for (const [word, { text: own, start_s, end_s }] of words.entries()) {
    const bare = own.trim();
    const begin = bare ? text.indexOf(bare, from) : -1;
    if (begin < 0 || begin - from > SEARCHED) continue;
    from = begin + bare.length;
    placed.push({ begin: at + begin, end: at + from, word, start_s, end_s });
  }
  return placed;
}

/**
 * Make paragraphs of a text; those that have not changed stay the same objects.
 * @param {readonly Segment[]} segments
 * @param {readonly Paragraph[]} before
 * @returns {Paragraph[]}
 */
export function paragraphsOf(segments, before = []) {
  const last = before.at(-1);
  const shift = segments.length - (last ? last.first + last.segments.length : 0);
  const same = before.findIndex(({ first, segments: own }) => !isAt(segments, own, first));
  let kept = Math.max(0, (same < 0 ? before.length : same) - 1);
  while (kept && isUsers(before[kept])) kept -= 1;
  const head = before.slice(0, kept);
  const from = head.length ? (before[head.length]?.first ?? 0) : 0;
  let tail = before.length;
  while (tail > head.length) {
    const paragraph = /** @type {Paragraph} */ (before[tail - 1]);
    if (!isAt(segments, paragraph.segments, paragraph.first + shift)) break;
    tail -= 1;
  }
  const known = new Map(
    before.flatMap((each, at) => (at < tail || isUsers(each) ? [] : [[each.first + shift, at]])),
  );
  /** @type {number | undefined} */
  let rest;
  const starts = paragraphStarts(segments, from, (index) => {
    rest = known.get(index);
    return rest !== undefined;
  });
  const after = rest === undefined ? [] : before.slice(rest);
  const end = after[0] ? after[0].first + shift : segments.length;
  const middle = starts.map((first, index) => {
    const own = segments.slice(first, starts[index + 1] ?? end);
    const old = before[head.length + index];
    return old?.first === first && isSame(old, own) ? old : new Paragraph(first, own);
  });
  return [...head, ...middle, ...after.map((each) => each.moved(each.first + shift))];
}

/**
 * Whether the user began a paragraph: where the others begin does not depend on it.
 * @param {Paragraph | undefined} paragraph
 */
const isUsers = (paragraph) => paragraph?.segments[0]?.begins_paragraph ?? false;

/**
 * @param {readonly Segment[]} segments
 * @param {readonly Segment[]} own
 * @param {number} first
 * @returns {boolean} whether these segments stand there
 */
function isAt(segments, own, first) {
  return first >= 0 && own.every((segment, index) => isEqual(segment, segments[first + index]));
}

/** @param {Paragraph} paragraph @param {readonly Segment[]} segments */
function isSame(paragraph, segments) {
  return paragraph.segments.length === segments.length && isAt(segments, paragraph.segments, 0);
}

/** @param {Segment} a @param {Segment | undefined} b */
function isEqual(a, b) {
  if (a === b) return true;
  return (
    b !== undefined &&
    a.text === b.text &&
    a.start_s === b.start_s &&
    a.end_s === b.end_s &&
    a.speaker === b.speaker &&
    a.heard === b.heard &&
    a.begins_paragraph === b.begins_paragraph &&
    a.words.length === b.words.length
  );
}

/**
 * The last of several parts of a recording that begins at or before a moment.
 * @param {readonly { start_s: number }[]} parts in order
 * @param {number} at_s
 * @returns {number} -1 before the first
 */
export function indexAt(parts, at_s) {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((parts[middle]?.start_s ?? 0) <= at_s) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * @param {readonly Paragraph[]} paragraphs in order
 * @param {number} segment index in the transcript
 * @returns {number} index of the paragraph that has it
 */
export function paragraphWith(paragraphs, segment) {
  let low = 0;
  let high = paragraphs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((paragraphs[middle]?.first ?? 0) <= segment) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
