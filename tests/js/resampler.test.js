// Band-limited resampling: independent of the pieces, flat in the pass band.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Resampler } from '../../web/workers/resampler.js';
import { concatenate } from '../../web/workers/samples.js';
import { level, tone } from './recordings.js';

/**
 * @param {Float32Array} samples
 * @param {number} fromHz
 * @param {number} pieceSamples
 */
function resampled(samples, fromHz, pieceSamples) {
  const resampler = new Resampler(fromHz, 16_000);
  const parts = [];
  for (let at = 0; at < samples.length; at += pieceSamples) {
    parts.push(resampler.push(samples.subarray(at, at + pieceSamples)));
  }
  return concatenate([...parts, resampler.flush()]);
}

for (const fromHz of [8000, 11_025, 16_000, 44_100, 48_000, 192_000]) {
  test(`the result does not depend on the pieces: ${fromHz} Hz`, () => {
    const samples = tone(fromHz, 0.25, 700);
    const whole = resampled(samples, fromHz, samples.length);
    assert.equal(whole.length, Math.ceil((samples.length * 16_000) / fromHz));
    assert.deepEqual(resampled(samples, fromHz, 97), whole);
    assert.deepEqual(resampled(samples, fromHz, 4096), whole);
  });
}

test('tones of speech keep their level', () => {
  for (const frequencyHz of [100, 1000, 4000, 6000]) {
    const heard = level(resampled(tone(48_000, 1, frequencyHz), 48_000, 48_000));
    assert.ok(Math.abs(heard / (0.5 / Math.SQRT2) - 1) < 1e-3, `${frequencyHz} Hz: ${heard}`);
  }
});

test('tones above half the output rate are removed', () => {
  for (const frequencyHz of [8500, 12_000, 20_000]) {
    const heard = level(resampled(tone(48_000, 1, frequencyHz), 48_000, 48_000));
    assert.ok(heard < (0.5 / Math.SQRT2) * 10 ** (-75 / 20), `${frequencyHz} Hz: ${heard}`);
  }
});
