// Words in a part of a recording. tests/unit/domain/test_time_ranges.py solves the same cases.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Paragraph } from '../../web/app/paragraph-text.js';
import { segmentIn, spansIn, textIn } from '../../web/app/time-ranges.js';

const file = path.join(import.meta.dirname, '../fixtures/time-ranges.json');
const { segments, cases } = JSON.parse(readFileSync(file, 'utf8'));

for (const { what, text, ...part } of cases) {
  test(what, () => {
    assert.equal(textIn(segments, part), text);
  });
}

test('the spans of a paragraph have the words between their ends', () => {
  const paragraph = new Paragraph(0, segments.slice(0, 2));
  const part = { start_s: 1, end_s: 4 };
  const spans = spansIn(paragraph, part);
  const texts = spans.map(({ begin, end }) => paragraph.text.slice(begin, end));
  assert.deepEqual(texts, ['two, three four']);
});

test('the first sentence with words in a part is found', () => {
  assert.equal(segmentIn(segments, { start_s: 2.6, end_s: 4 }), 1);
  assert.equal(segmentIn(segments, { start_s: 7, end_s: 8 }), -1);
});
