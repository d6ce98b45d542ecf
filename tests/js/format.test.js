// Numbers as people read them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  clock,
  count,
  dayGroup,
  exactClock,
  ordinal,
  percent,
  readClock,
  size,
  span,
  titleOf,
  when,
} from '../../web/app/format.js';

/**
 * @template A, B
 * @param {(value: A) => B} format
 * @param {readonly [A, B][]} cases
 */
function check(format, cases) {
  for (const [value, expected] of cases) assert.equal(format(value), expected, String(value));
}

test('a clock is cut down to seconds, with hours where there are any', () => {
  check(clock, [
    [-1, '0:00'],
    [0, '0:00'],
    [42.9, '0:42'],
    [725, '12:05'],
    [3723, '1:02:03'],
  ]);
});

test('an exact clock keeps milliseconds', () => {
  check(exactClock, [
    [47.664, '0:47.664'],
    [63, '1:03'],
    [60.1, '1:00.1'],
    [3600.05, '1:00:00.05'],
  ]);
});

test('a clock is read back to the millisecond', () => {
  for (const seconds of [0, 0.001, 47.664, 60.1, 3600.05, 86_399.999]) {
    assert.equal(readClock(exactClock(seconds)), seconds);
  }
  check(readClock, [
    ['1:2', 62],
    [' 90 ', 90],
    ['0:01,5', 1.5],
  ]);
});

test('text that is no time is not read', () => {
  check(readClock, [
    ['', null],
    ['1:60', null],
    ['a', null],
    ['1:2:3:4', null],
    ['-1', null],
  ]);
});

test('a span is about right', () => {
  check(span, [
    [0.4, 'under 1 s'],
    [59.4, '59 s'],
    [59.5, '1 min'],
    [3540, '59 min'],
    [3600, '1 h'],
    [3900, '1 h 5 min'],
  ]);
});

test('a title is a name without the extension of a recording', () => {
  check(titleOf, [
    ['talk.mp3', 'talk'],
    ['Notes, version 2.5', 'Notes, version 2.5'],
    ['film.final.MKV', 'film.final'],
    ['.wav', '.wav'],
    ['letter.txt', 'letter.txt'],
  ]);
});

test('recordings are grouped by day, newest group first', () => {
  const now = new Date(2026, 10, 25, 12); // A Wednesday.
  const group = (/** @type {number} */ day) => dayGroup(new Date(2026, 10, day).toISOString(), now);
  check(group, [
    [26, 'Today'],
    [25, 'Today'],
    [24, 'Yesterday'],
    [23, 'This week'],
    [22, 'Last week'],
    [16, 'Last week'],
    [15, 'November 2026'],
  ]);
  assert.equal(dayGroup('', now), 'Recordings');
});

test('counts, ordinals and percentages', () => {
  check(count, [[1830, '1,830']]);
  check(ordinal, [
    [1, '1st'],
    [2, '2nd'],
    [3, '3rd'],
    [4, '4th'],
    [11, '11th'],
    [22, '22nd'],
  ]);
  check(percent, [
    [-1, 0],
    [0.999, 99],
    [1, 100],
    [2, 100],
  ]);
});

test('sizes are in powers of ten', () => {
  check(size, [
    [1, '1 kB'],
    [999_400, '999 kB'],
    [148e6, '148 MB'],
    [4.25e9, '4.3 GB'],
  ]);
});

test('a date says as much as it must', () => {
  const now = new Date(2026, 10, 30, 15);
  const iso = (/** @type {number[]} */ ...[year, month, day, hour = 12]) =>
    new Date(year, month, day, hour).toISOString();
  assert.match(when(iso(2026, 10, 30, 14), now), /^\D*(14|0?2)\D00/);
  assert.doesNotMatch(when(iso(2026, 10, 3), now), /2026/);
  assert.match(when(iso(2025, 10, 3), now), /2025/);
  assert.equal(when('not a date', now), '');
});
