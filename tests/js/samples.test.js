// Arithmetic on whole arrays of samples.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as samples from '../../web/workers/samples.js';

test('frames begin with the samples before them, the first with silence', () => {
  const ramp = Float32Array.from({ length: 1000 }, (_, index) => index);
  const rows = samples.frames(ramp, 512, 64);
  assert.equal(rows.length, 2 * 576);
  assert.deepEqual([rows[0], rows[63], rows[64]], [0, 0, 0]);
  const second = rows.subarray(576);
  assert.deepEqual([second[0], second[64], second[63 + 488], second[64 + 488]], [448, 512, 999, 0]);
});

test('the level of a frame is its root mean square, of the last one too', () => {
  assert.deepEqual(
    samples.levels(Float32Array.of(0.5, -0.5, 0.5, -0.5, 0.25), 4),
    Float32Array.of(0.5, 0.25),
  );
});

test('rows of a batch are cut or padded with silence to one length', () => {
  const rows = samples.batch([Float32Array.of(1, 2, 3), Float32Array.of(4)], 2);
  assert.deepEqual(rows, Float32Array.of(1, 2, 4, 0));
});

test('mirrored samples begin with their first part backwards', () => {
  const given = Float32Array.of(1, 2, 3);
  assert.deepEqual(samples.mirrored(given, 2), Float32Array.of(2, 1, 1, 2, 3));
  assert.deepEqual(given, Float32Array.of(1, 2, 3));
});

test('noise is the same each time and never loud', () => {
  const noise = samples.noise(1000);
  assert.deepEqual(samples.noise(1000), noise);
  assert.ok(noise.every((value) => Math.abs(value) <= 0.1));
  assert.ok(new Set(noise).size > 900);
});

test('silence is zeros', () => {
  assert.deepEqual(samples.silence(2), Float32Array.of(0, 0));
});
