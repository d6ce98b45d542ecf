// Pieces with their own times on one line of samples.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timeline } from '../../web/workers/timeline.js';

/**
 * @param {readonly number[]} timesS of pieces of one second of ones
 * @returns {string} Each half second of the result: 1 for sound, 0 for silence.
 */
function halves(timesS) {
  const line = new Timeline();
  for (const timeS of timesS) line.add(new Float32Array(16_000).fill(1), 16_000, timeS);
  line.finish();
  const all = line.take(0, line.end);
  const count = Math.round(all.length / 8000);
  return Array.from({ length: count }, (_, half) => Math.round(all[half * 8000 + 4000])).join('');
}

/** @type {[name: string, timesS: number[], expected: string][]} */
const CASES = [
  ['pieces without a gap', [0, 1, 2], '111111'],
  ['rounded times are no gap', [0, 1.02, 2.01], '111111'],
  ['a gap is filled with silence', [0, 2, 3], '11001111'],
  ['a late start is silence', [1, 2], '001111'],
  ['sound before 0 is cut', [-0.5, 0.5], '111'],
  ['an overlap is cut', [0, 0.5, 1.5], '11111'],
  ['a clock that jumps ahead goes on', [0, 1, 50_000, 50_001], '11111111'],
  [
    'a clock that starts again goes on',
    [100, 101, 0, 1, 3],
    `${'0'.repeat(200)}11111111${'00'}${'11'}`,
  ],
];

for (const [name, timesS, expected] of CASES) {
  test(name, () => assert.equal(halves(timesS), expected));
}

test('dropped samples are gone, later ones keep their index', () => {
  const line = new Timeline();
  for (let second = 0; second < 3; second++) {
    line.add(new Float32Array(16_000).fill(second), 16_000, second);
  }
  line.dropBefore(16_000);
  assert.equal(line.take(0, 16_000).length, 0);
  assert.deepEqual(line.take(31_999, 32_001), Float32Array.of(1, 2));
});

test('a new sample rate goes on where the last one ended', () => {
  const line = new Timeline();
  line.add(new Float32Array(8000).fill(0.5), 8000, 0);
  line.add(new Float32Array(48_000).fill(0.5), 48_000, 1);
  line.finish();
  assert.equal(line.end, 32_000);
});
