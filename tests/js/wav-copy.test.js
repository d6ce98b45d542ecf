import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lengthOf, wavOf } from '../../web/app/wav-copy.js';
import { hear, tone } from './recordings.js';

test('pieces behind a header are a WAV of the same samples', async () => {
  const samples = tone(16_000, 1.5, 300);
  const integers = Int16Array.from(samples, (value) => Math.round(value * 32_767));
  const pieces = [integers.subarray(0, 9000), integers.subarray(9000)].map(
    (piece) => new Blob([piece]),
  );
  assert.equal(lengthOf(pieces, 16_000), 1.5);
  const heard = await hear([wavOf(pieces, 16_000)]);
  assert.equal(heard.length, samples.length);
  assert.ok(heard.every((value, index) => Math.abs(value - samples[index]) < 1e-4));
});
