import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stillSkipped } from '../../web/app/found-places.js';

/** @param {number} segment @param {string} before @param {string} text */
const place = (segment, before, text, replacement = '') => ({
  segment,
  text,
  before,
  after: '.',
  replacement,
});

test('places that the user left out stay left out when the replacement changes', () => {
  const before = [place(0, 'Mr. ', 'Hell'), place(4, 'no ', 'Hell')];
  const now = before.map((each) => ({ ...each, replacement: 'Hale' }));
  assert.deepEqual([...stillSkipped(new Set([1]), before, now)], [1]);
});

test('a place is known by its words where its sentence has another number', () => {
  const before = [place(0, 'Mr. ', 'Hell'), place(4, 'no ', 'Hell')];
  const now = [place(0, 'Mr. ', 'Hell'), place(2, 'new ', 'Hell'), place(5, 'no ', 'Hell')];
  assert.deepEqual([...stillSkipped(new Set([1]), before, now)], [2]);
});

test('of places with the same words only those left out stay so', () => {
  const before = [place(0, '', 'Hell'), place(1, '', 'Hell'), place(2, '', 'Hell')];
  assert.deepEqual([...stillSkipped(new Set([1]), before, before)], [1]);
});
