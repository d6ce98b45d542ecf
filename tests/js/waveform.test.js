import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSpoken, silenceAt, silencesIn } from '../../web/app/silence.js';
import { barsOf, moved, zoomed } from '../../web/app/waveform.js';

/** @param {...[level: number, seconds: number]} parts */
const peaksOf = (...parts) =>
  Uint8Array.from(parts.flatMap(([level, seconds]) => Array(Math.round(seconds * 50)).fill(level)));

test('silences are long, far below the loud parts, and keep a margin', () => {
  const peaks = peaksOf([200, 10], [20, 2], [180, 5], [10, 0.5], [150, 5], [0, 3]);
  const found = silencesIn(peaks).map((range) => range.map((at_s) => Math.round(at_s * 10) / 10));
  assert.deepEqual(found, [
    [10.2, 11.8],
    [22.7, 25.3],
  ]);
});

test('noise as loud as the speech is no silence', () => {
  assert.deepEqual(silencesIn(peaksOf([120, 10], [90, 10])), []);
  assert.deepEqual(silencesIn(new Uint8Array(0)), []);
});

test('the silence of a place is found', () => {
  const silences = /** @type {const} */ ([
    [1, 2],
    [5, 9],
  ]);
  assert.equal(silenceAt(silences, 0.5), null);
  assert.equal(silenceAt(silences, 1), silences[0]);
  assert.equal(silenceAt(silences, 2), null);
  assert.equal(silenceAt(silences, 8.9), silences[1]);
  assert.equal(silenceAt(silences, 10), null);
});

test('a word in a silence was said', () => {
  const words = [
    { text: ' one', start_s: 1, end_s: 1.5 },
    { text: ' two', start_s: 8, end_s: 8.5 },
  ];
  const segments = [{ start_s: 1, end_s: 8.5, text: ' one two', words }];
  assert.equal(isSpoken(/** @type {any} */ (segments), 2, 7), false);
  assert.equal(isSpoken(/** @type {any} */ (segments), 2, 8.2), true);
  assert.equal(isSpoken(/** @type {any} */ ([{ ...segments[0], words: [] }]), 2, 7), true);
});

test('a bar shows the loudest of its peaks', () => {
  const peaks = Uint8Array.from({ length: 100 }, (_, index) => (index === 42 ? 255 : 51));
  assert.deepEqual(barsOf(peaks, 0.02, 0, 2, 4), [0.2, 1, 0.2, 0.2]);
  assert.deepEqual(barsOf(peaks, 0.02, 0.8, 0.9, 5), [0.2, 0.2, 1, 0.2, 0.2]);
  assert.equal(barsOf(peaks, 0.02, 0, 2, 1000).length, 1000);
});

test('zooming keeps the place under the pointer, inside the recording', () => {
  assert.deepEqual(zoomed({ from_s: 0, to_s: 100 }, 50, 2, 100), { from_s: 25, to_s: 75 });
  assert.deepEqual(zoomed({ from_s: 25, to_s: 75 }, 25, 0.5, 100), { from_s: 0, to_s: 100 });
  assert.deepEqual(zoomed({ from_s: 0, to_s: 100 }, 100, 4, 100), { from_s: 75, to_s: 100 });
  assert.deepEqual(zoomed({ from_s: 0, to_s: 6 }, 3, 9, 6), { from_s: 0.5, to_s: 5.5 });
  assert.deepEqual(moved({ from_s: 90, to_s: 0 }, 20, 100), { from_s: 80, to_s: 100 });
});
