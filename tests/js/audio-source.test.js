// Recordings as 16 kHz mono. Files of every format: tests/browser/workers.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { hear, level, open, RATE_HZ, tone, wav } from './recordings.js';

const SECOND = wav(RATE_HZ, tone(RATE_HZ, 1, 500));

for (const rateHz of [8000, 11_025, 22_050, 44_100, 48_000]) {
  test(`a tone keeps its level, length and phase: ${rateHz} Hz`, async () => {
    const heard = await hear([wav(rateHz, tone(rateHz, 1, 1000))]);
    assert.equal(heard.length, RATE_HZ);
    const wanted = tone(RATE_HZ, 1, 1000);
    for (let index = 800; index < heard.length - 800; index++) {
      assert.ok(Math.abs(heard[index] - wanted[index]) < 2e-3, `sample ${index}`);
    }
  });
}

for (const frequencyHz of [9000, 12_000, 15_000]) {
  test(`a tone above 8 kHz is removed: ${frequencyHz} Hz`, async () => {
    const heard = await hear([wav(48_000, tone(48_000, 1, frequencyHz))]);
    assert.ok(level(heard) < 0.354 * 10 ** (-60 / 20));
  });
}

test('channels are averaged', async () => {
  const heard = await hear([wav(RATE_HZ, tone(RATE_HZ, 0.5, 500), new Float32Array(8000))]);
  assert.ok(Math.abs(level(heard) / (0.354 / 2) - 1) < 0.01);
});

test('channels of opposite sign do not cancel', async () => {
  const [left, right] = [tone(RATE_HZ, 0.5, 500), tone(RATE_HZ, 0.5, 500, -0.5)];
  assert.ok(Math.abs(level(await hear([wav(RATE_HZ, left, right)])) / 0.354 - 1) < 0.01);
});

test('samples do not depend on how they are read', async () => {
  const file = await readFile(path.join(import.meta.dirname, '../corpus/en-echotest.wav'));
  const whole = await hear([file], { pieceSamples: 480_000 });
  assert.ok(whole.length > 20_001);
  assert.deepEqual(await hear([file], { pieceSamples: 1237 }), whole);
  const audio = await open([file]);
  assert.deepEqual(await audio.read(20_001, 36_001), whole.subarray(20_001, 36_001));
  audio.close();
});

test('reading past the end gives nothing', async () => {
  const audio = await open([SECOND]);
  const sizes = [];
  for (const at of [0, 12_000, 16_000, 99_000]) {
    sizes.push((await audio.read(at, at + 8000)).length);
  }
  audio.close();
  assert.deepEqual(sizes, [8000, 4000, 0, 0]);
});

test('half a recording is heard to its end', async () => {
  const heard = await hear([SECOND.subarray(0, SECOND.length / 2)]);
  assert.ok(Math.abs(heard.length - RATE_HZ / 2) < 160);
});

test('a missing track is refused', async () => {
  await assert.rejects(hear([SECOND], { track: 3 }), { message: /no audio track 4/ });
});

/** @type {Record<string, [file: string | Uint8Array, message: RegExp]>} */
const REFUSED = {
  text: ['This is no recording.\n'.repeat(99), /can't read this file/],
  'a header without samples': [SECOND.subarray(0, 44), /./],
  'a picture': [
    Uint8Array.of(0x89, 80, 78, 71, 13, 10, 26, 10, ...Array(500).fill(0)),
    /can't read this file/,
  ],
};

for (const [name, [file, message]] of Object.entries(REFUSED)) {
  test(`a file without a recording is refused: ${name}`, async () => {
    await assert.rejects(hear([file]), { kind: 'MediaError', hint: /./, message });
  });
}

test('reading from elsewhere gives the same samples', async () => {
  const file = [wav(RATE_HZ, tone(RATE_HZ, 20, 300))];
  const all = await open(file);
  const whole = await all.read(0, 20 * 16_000);
  const part = await open(file);
  assert.ok(part.startAt(12.3));
  const from = Math.floor(12.3 * 16_000);
  assert.deepEqual(await part.read(from, from + 8000), whole.subarray(from, from + 8000));
});

test('a container whose clock may begin anew is only read from its start', async () => {
  const source = await open([SECOND]);
  source.container = 'ogg';
  assert.equal(source.startAt(0.5), false);
});
