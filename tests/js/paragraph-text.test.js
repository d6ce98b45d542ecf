// Paragraphs as they are read: their line of text, and the word at each character.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexAt, Paragraph, paragraphsOf, paragraphWith } from '../../web/app/paragraph-text.js';

/**
 * @param {string} text
 * @param {number} start_s
 * @param {readonly string[]} [words] a second each
 */
const segment = (text, start_s, words = []) => ({
  start_s,
  end_s: start_s + Math.max(1, words.length),
  text,
  words: words.map((word, index) => ({
    text: word,
    start_s: start_s + index,
    end_s: start_s + index + 1,
    probability: 0.9,
  })),
  speaker: null,
  temperature: 0,
  average_log_probability: null,
  compression_ratio: null,
  no_speech_probability: null,
  heard: null,
  language: null,
});

/** @param {Paragraph} paragraph @param {string} text */
const at = (paragraph, text) => {
  const spoken = paragraph.spokenAt(paragraph.text.indexOf(text));
  return spoken && [spoken.segment, spoken.word, spoken.start_s];
};

test('sentences are joined in one line and each word has its place', () => {
  const two = new Paragraph(7, [
    segment(' He said so.', 0, [' He', ' said', ' so.']),
    segment(' So he did.', 5, [' So', ' he', ' did.']),
  ]);
  assert.equal(two.text, 'He said so. So he did.');
  assert.deepEqual(at(two, 'He'), [7, 0, 0]);
  assert.deepEqual(at(two, 'so.'), [7, 2, 2]);
  assert.deepEqual(at(two, 'So'), [8, 0, 5]);
  assert.deepEqual(at(two, 'did'), [8, 2, 7]);
  assert.deepEqual(two.wordSpan(8, 1), two.spokenAt(15));
  assert.deepEqual(two.wordSpan(8, -1), { begin: 12, end: 22 });
  assert.equal(two.wordSpan(8, 5), undefined);
  assert.equal(two.segmentAt(11), 7);
  assert.equal(two.segmentAt(12), 8);
  assert.equal(two.segmentAt(22), 8);
});

test('a character between two words belongs to the sentence', () => {
  const one = new Paragraph(0, [segment('He said so.', 3, ['He', ' said', ' so.'])]);
  assert.deepEqual(at(one, ' said'), [0, -1, 3]);
  assert.equal(one.spokenAt(11), undefined);
});

test('words are found in a text without spaces', () => {
  const text = new Paragraph(0, [
    segment('東京は大きい。', 0, ['東京', 'は', '大きい。']),
    segment('はい。', 5, ['はい。']),
  ]);
  assert.equal(text.text, '東京は大きい。はい。');
  assert.deepEqual(at(text, '京'), [0, 0, 0]);
  assert.deepEqual(at(text, 'は大'), [0, 1, 1]);
  assert.deepEqual(at(text, 'はい'), [1, 0, 5]);
});

test('a sentence whose words have no times is spoken as a whole', () => {
  const text = new Paragraph(0, [segment(' One two.', 4), segment('Three.', 9, [' Four.'])]);
  assert.deepEqual(at(text, 'two'), [0, -1, 4]);
  assert.deepEqual(at(text, 'Three'), [1, -1, 9]);
});

test('a word that a correction removed leaves the others their places', () => {
  const text = new Paragraph(0, [segment('He so.', 0, [' He', ' said', ' so.'])]);
  assert.deepEqual(at(text, 'so'), [0, 2, 2]);
  assert.equal(text.wordSpan(0, 1), undefined);
});

test('an emptied sentence says that it has no text', () => {
  const text = new Paragraph(0, [segment('One.', 0), segment(' ', 2), segment('Two.', 4)]);
  assert.equal(text.text, 'One. no text Two.');
  assert.equal(text.segmentAt(6), 1);
});

test('paragraphs that have not changed stay the same when text is added', () => {
  const texts = ['One.', 'Two.', 'Three.'].map((text, index) => segment(text, index * 5));
  const before = paragraphsOf(texts.slice(0, 2));
  const after = paragraphsOf(texts, before);
  assert.equal(before.length, 2);
  assert.equal(after.length, 3);
  assert.equal(after[0], before[0]);
  assert.equal(after[1], before[1]);
  const copied = paragraphsOf(structuredClone(texts), after);
  assert.equal(copied[2], after[2]);
  const edited = texts.map((each, index) => (index === 1 ? { ...each, text: 'Twelve.' } : each));
  const changed = paragraphsOf(edited, after);
  assert.deepEqual(
    changed.map((paragraph, index) => paragraph === after[index]),
    [true, false, true],
  );
  assert.equal(paragraphWith(after, 1), 1);
  assert.equal(indexAt(texts, 4.9), 0);
  assert.equal(indexAt(texts, -1), -1);
});

test('paragraphs after a change are those of the whole text, and unchanged ones stay', () => {
  let seed = 7;
  const random = (/** @type {number} */ below) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  let at_s = 0;
  const made = () => {
    at_s += random(3);
    const text = `${'word '.repeat(1 + random(25))}end${random(2) ? '.' : ''}`;
    const speaker = random(6) ? 'a' : 'b';
    const one = { ...segment(text, at_s), speaker, begins_paragraph: !random(8) };
    at_s = one.end_s;
    return one;
  };
  let segments = Array.from({ length: 60 }, made);
  let known = paragraphsOf(segments);
  for (let round = 0; round < 200; round += 1) {
    const after = [...segments];
    const first = random(segments.length + 1);
    after.splice(first, random(3), ...Array.from({ length: random(3) }, made));
    const paragraphs = paragraphsOf(after, known);
    const parts = (/** @type {Paragraph[]} */ all) =>
      all.map((each) => [each.first, each.text, each.spans]);
    assert.deepEqual(parts(paragraphs), parts(paragraphsOf(after)));
    const kept = new Set(known.map(({ spans }) => spans));
    assert.ok(paragraphs.filter(({ spans }) => !kept.has(spans)).length < 12);
    segments = after;
    known = paragraphs;
  }
});

test('the text to type in has no words for emptied sentences', () => {
  const whole = new Paragraph(3, [segment('One.', 0), segment('Two.', 1)]);
  assert.equal(whole.typed, 'One. Two.');
  assert.equal(whole.typedOffset(6), 6);
  const emptied = new Paragraph(3, [segment('One.', 0), segment('', 1), segment('Two.', 2)]);
  assert.equal(emptied.text, 'One. no text Two.');
  assert.equal(emptied.typed, 'One. Two.');
  assert.equal(emptied.typedOffset(2), 2);
  assert.equal(emptied.typedOffset(8), 4);
  assert.equal(emptied.typedOffset(emptied.text.indexOf('wo')), 6);
});
