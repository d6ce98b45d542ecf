// The days that the search is narrowed down to, and the moments at which they begin and end here.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { daysOf, momentsOf, wordOf } from '../../web/app/date-filter.js';

const NOW = new Date(2026, 2, 1, 0, 30);

test('quick choices end today', () => {
  assert.deepEqual(daysOf('today', NOW), { from: '2026-03-01', to: '' });
  assert.deepEqual(daysOf('7', NOW), { from: '2026-02-23', to: '' });
  assert.deepEqual(daysOf('', NOW), { from: '', to: '' });
});

test('two dates may be left out', () => {
  for (const days of [
    { from: '2026-01-05', to: '2026-02-01' },
    { from: '', to: '2026-02-01' },
    { from: '2026-01-05', to: '' },
    { from: '', to: '' },
  ]) {
    assert.deepEqual(daysOf(wordOf(days), NOW), days);
  }
});

test('what is no date is no limit', () => {
  assert.deepEqual(momentsOf('nonsense..2026-2-1', NOW), { since: '', until: '' });
  assert.deepEqual(momentsOf('9999-99-99..', NOW).until, '');
});

test('days begin and end at midnight here', () => {
  const { since, until } = momentsOf('2026-01-05..2026-01-05', NOW);
  assert.equal(since, new Date(2026, 0, 5).toISOString());
  assert.equal(until, new Date(2026, 0, 6).toISOString());
  assert.deepEqual(momentsOf('today', NOW), {
    since: new Date(2026, 2, 1).toISOString(),
    until: '',
  });
});
