// Several channels to one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mix, only } from '../../web/workers/downmix.js';

/** FFmpeg's numbers of places: front, centre, low frequency, back. */
const STEREO = [0, 1];
const SURROUND = [0, 1, 2, 3, 4, 5];
const of = (/** @type {number} */ value) => new Float32Array(4).fill(value);

test('one channel is copied', () => {
  const plane = of(0.25);
  assert.deepEqual(mix([plane], [2]), plane);
});

test('two channels are averaged', () => {
  assert.deepEqual(mix([of(0.5), of(0.25)], STEREO), of(0.375));
});

test('of two channels that cancel each other the louder one is taken', () => {
  const quiet = Float32Array.of(0.5, -0.5, 0.5, -0.5);
  const loud = Float32Array.of(-0.51, 0.51, -0.51, 0.51);
  assert.deepEqual(mix([quiet, loud], STEREO), loud);
});

test('speech in the centre of 5.1 is louder than the surrounds, and the LFE is left out', () => {
  const heard = SURROUND.map((channel) => {
    const planes = SURROUND.map((each) => of(each === channel ? 1 : 0));
    return Math.round(100 * mix(planes, SURROUND)[0]);
  });
  assert.deepEqual(heard, [50, 50, 70, 0, 35, 35]);
});

test('channels without places are averaged', () => {
  assert.deepEqual(mix([of(1), of(0), of(0), of(0)], [-1, -1, -1, -1]), of(0.25));
});

test('one of two channels is copied, and a channel that is missing is silent', () => {
  const planes = [of(0.5), of(0.25)];
  assert.deepEqual(only(planes, 1), planes[1]);
  assert.deepEqual(only([of(0.5)], 1), of(0));
});
