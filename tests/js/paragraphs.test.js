// Where paragraphs begin. tests/unit/domain/test_paragraphs.py solves the same cases.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { paragraphStarts } from '../../web/app/paragraphs.js';

const file = path.join(import.meta.dirname, '../fixtures/paragraph-cases.json');

for (const { name, segments, starts } of JSON.parse(readFileSync(file, 'utf8'))) {
  test(name, () => {
    const whole = segments.map((/** @type {object} */ each) => ({ speaker: null, ...each }));
    assert.deepEqual(paragraphStarts(whole), starts);
    for (let length = 0; length < whole.length; length += 1) {
      const known = starts.filter((/** @type {number} */ start) => start < length);
      assert.deepEqual(paragraphStarts(whole.slice(0, length)), known);
    }
  });
}
