// Texts joined in one line. tests/unit/domain/test_scripts.py solves the same cases.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { between, placesOf } from '../../web/app/scripts.js';

const file = path.join(import.meta.dirname, '../fixtures/joined-texts.json');

for (const { texts, line } of JSON.parse(readFileSync(file, 'utf8'))) {
  test(JSON.stringify(texts), () => {
    let joined = '';
    for (const text of texts.map((/** @type {string} */ each) => each.trim())) {
      joined += between(joined, text) + text;
    }
    assert.equal(joined, line);
  });
}

/** @type {[text: string, word: string, places: number[]][]} */
const FOUND = [
  ['the path, whether they or "the" others', 'the', [0, 18, 27]],
  ['être au même prêtre', 'être', [0]],
  ['日本語で話す', '語', [2]],
  ['A東京 and B東京', '東京', [1, 9]],
  ['3rd of 13rd', '3rd', [0]],
  ['nothing', 'x', []],
];

for (const [text, word, places] of FOUND) {
  test(`"${word}" begins words of "${text}"`, () => {
    assert.deepEqual(placesOf(text, word), places);
  });
}
