// Several channels to one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mix } from '../../web/workers/downmix.js';

const of = (/** @type {number} */ value) => new Float32Array(4).fill(value);

test('one channel is returned as it is', () => {
  const plane = of(0.25);
  assert.equal(mix([plane]), plane);
});

test('two channels are averaged', () => {
  assert.deepEqual(mix([of(0.5), of(0.25)]), of(0.375));
});

test('of two channels that cancel each other the louder one is taken', () => {
  const quiet = Float32Array.of(0.5, -0.5, 0.5, -0.5);
  const loud = Float32Array.of(-0.51, 0.51, -0.51, 0.51);
  assert.equal(mix([quiet, loud]), loud);
});

test('speech in the centre of 5.1 is louder than the surrounds, and the LFE is left out', () => {
  const silent = of(0);
  const only = (/** @type {number} */ channel) =>
    mix(Array.from({ length: 6 }, (_, each) => (each === channel ? of(1) : silent)))[0];
  assert.ok(only(2) > only(0));
  assert.ok(only(0) > only(4));
  assert.equal(only(3), 0);
});

test('an unknown number of channels is averaged', () => {
  assert.deepEqual(mix([of(1), of(0), of(0), of(0)]), of(0.25));
});
