// Arithmetic on logits: the best token of a range, and drawing one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draw, features, scores } from '../../web/workers/scores.js';

/** Two rows of four tokens. */
const logits = { data: Float32Array.of(9, 9, 9, 9, 0, 1, 2, 3), dims: [2, 1, 4] };
const even = { data: new Float32Array(4) };
const near = (/** @type {number} */ a, /** @type {number} */ b) =>
  assert.ok(Math.abs(a - b) < 1e-6);

test('each range has its largest logit, that token and the log of the sum of exponentials', () => {
  const [most, token, logSum, second, secondToken] = scores(logits, 1, even, [0, 2, 2, 4]);
  assert.deepEqual([most, token], [1, 1]);
  near(logSum, Math.log(Math.exp(0) + Math.exp(1)));
  assert.deepEqual([second, secondToken], [3, 3]);
});

test('a bias changes which token is best', () => {
  const bias = { data: Float32Array.of(0, 0, 0, Number.NEGATIVE_INFINITY) };
  assert.deepEqual([...scores(logits, 1, bias, [0, 4])].slice(0, 2), [2, 2]);
});

test('a range in which every token is forbidden has no sum', () => {
  const bias = { data: new Float32Array(4).fill(Number.NEGATIVE_INFINITY) };
  const [most, , logSum] = scores(logits, 1, bias, [0, 4]);
  assert.equal(most, Number.NEGATIVE_INFINITY);
  assert.ok(!(logSum > most));
});

test('tokens are drawn in proportion to their probability', () => {
  const weights = [0, 1, 2, 3].map((value) => Math.exp(value));
  const sum = weights.reduce((a, b) => a + b);
  let left = 0;
  for (const [token, weight] of weights.entries()) {
    for (const part of [0.001, 0.999]) {
      const [drawn, logit] = draw(logits, 1, even, [0, 4], 1, (left + part * weight) / sum);
      assert.deepEqual([drawn, logit], [token, token]);
    }
    left += weight;
  }
});

test('a low temperature draws the best token, and a forbidden one is never drawn', () => {
  assert.equal(draw(logits, 1, even, [0, 4], 0.01, 0.5)[0], 3);
  const bias = { data: Float32Array.of(0, 0, 0, Number.NEGATIVE_INFINITY) };
  assert.equal(draw(logits, 1, bias, [0, 4], 1, 0.999999)[0], 2);
});

test('spectrograms of windows are one batch', async () => {
  const transformers = {
    cat: (/** @type {number[]} */ rows, /** @type {number} */ axis) => [rows, axis],
  };
  const processor = async (/** @type {Float32Array} */ window) => ({
    input_features: window.length,
  });
  const windows = [new Float32Array(3), new Float32Array(5)];
  assert.deepEqual(await features(transformers, processor, windows), [[3, 5], 0]);
});
