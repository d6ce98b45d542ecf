// Texts joined in one line. tests/unit/domain/test_scripts.py solves the same cases.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { between } from '../../web/app/scripts.js';

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
