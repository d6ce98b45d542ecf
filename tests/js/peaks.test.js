import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Peaks } from '../../web/workers/peaks.js';
import { tone } from './recordings.js';

test('one byte every 20 ms, whatever the pieces are', () => {
  const samples = tone(24_000, 10.01, 300, 0.25);
  const whole = new Peaks(24_000);
  whole.add(samples);
  const parts = new Peaks(24_000);
  for (let at = 0; at < samples.length; at += 777) parts.add(samples.subarray(at, at + 777));
  const peaks = whole.take();
  assert.equal(peaks.length, 501);
  assert.deepEqual(parts.take(), peaks);
  assert.ok(peaks.every((peak) => Math.abs(peak - 128) <= 1));
});

test('silence is 0 and the loudest sample 255', () => {
  const peaks = new Peaks(1000);
  peaks.add(new Float32Array(20));
  peaks.add(Float32Array.of(0.1, -1));
  assert.deepEqual([...peaks.take()], [0, 255]);
});
