// Where decoded pieces lie in time. tests/server/test_media_clock.py solves the same cases.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Clock, isCutOff, startOf } from '../../web/workers/clock.js';

const RATE_HZ = 16_000;
const file = path.join(import.meta.dirname, '../fixtures/clock-cases.json');
const { starts, lines } = JSON.parse(readFileSync(file, 'utf8'));

for (const { name, container, codec, earliest_s, start_s } of starts) {
  test(`start: ${name}`, () => {
    const startS = startOf(container, codec, earliest_s ?? Number.NaN, 44_100);
    assert.ok(Math.abs(startS - start_s) < 1e-6, String(startS));
  });
}

for (const { name, container, piece_s = 1, at_s, places_s } of lines) {
  test(`line: ${name}`, () => {
    const clock = new Clock(container);
    const found = at_s.map((/** @type {number | null} */ atS) => {
      const { silence, cut } = clock.place(piece_s * RATE_HZ, RATE_HZ, atS ?? Number.NaN);
      return [silence / RATE_HZ, cut / RATE_HZ];
    });
    assert.deepEqual(found, places_s);
  });
}

test('the line goes on at another rate', () => {
  const clock = new Clock('ogg');
  clock.place(16_000, 16_000, 0);
  assert.equal(clock.place(48_000, 48_000, 1).silence, 0);
  assert.equal(clock.place(48_000, 48_000, 3).silence, 48_000);
});

test('a file is cut off where more is missing than rounding', () => {
  assert.equal(isCutOff(11, 10.5), false);
  assert.equal(isCutOff(11, 5), true);
  assert.equal(isCutOff(3600, 3570), false);
  assert.equal(isCutOff(Number.NaN, 5), false);
});
