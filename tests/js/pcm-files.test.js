// Uncompressed recordings in AIFF, AU, CAF and Wave64: every order of bytes, width and sign.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  aiff,
  au,
  caf,
  floats,
  hear,
  integers,
  joined,
  RATE_HZ,
  tone,
  wave64,
} from './recordings.js';

const TONE = tone(RATE_HZ, 0.5, 500);
const little = { little: true };

/** @type {Record<string, [file: Uint8Array, tolerance: number]>} */
const FILES = {
  'AIFF, 16 bits': [aiff(integers(TONE, 16), 16), 1e-4],
  'AIFF, 24 bits': [aiff(integers(TONE, 24), 24), 1e-4],
  'AIFF, 8 bits with sign': [aiff(integers(TONE, 8), 8), 0.01],
  'AIFF-C, 16 bits, little-endian': [aiff(integers(TONE, 16, little), 16, 'sowt'), 1e-4],
  'AIFF-C, float': [aiff(floats(TONE, 32), 32, 'fl32'), 1e-5],
  'AU, 16 bits': [au(integers(TONE, 16), 3), 1e-4],
  'AU, double': [au(floats(TONE, 64), 7), 1e-5],
  'CAF, float, little-endian': [caf(floats(TONE, 32, little), 32, 3), 1e-5],
  'CAF, 24 bits': [caf(integers(TONE, 24), 24, 0), 1e-4],
  'Wave64, 16 bits': [wave64(integers(TONE, 16, little), 16, 1), 1e-4],
  'Wave64, 8 bits without sign': [wave64(integers(TONE, 8, { signed: false }), 8, 1), 0.01],
};

for (const [name, [file, tolerance]] of Object.entries(FILES)) {
  test(`every sample is read: ${name}`, async () => {
    const heard = await hear([file]);
    assert.equal(heard.length, TONE.length);
    const worst = heard.reduce((most, value, i) => Math.max(most, Math.abs(value - TONE[i])), 0);
    assert.ok(worst < tolerance, `off by ${worst}`);
  });
}

const REFUSED = {
  'AIFF without samples': aiff(new Uint8Array(0), 16),
  'AIFF cut in its head': aiff(integers(TONE, 16), 16).subarray(0, 40),
  'AIFF-C with a foreign codec': aiff(integers(TONE, 16), 16, 'xxxx'),
  'AU without samples': au(new Uint8Array(0), 3),
  'AU with an unknown coding': au(integers(TONE, 16), 99),
  'AU of ones': joined('.snd', new Uint8Array(60).fill(0xff)),
  'CAF of ones': joined('caff', new Uint8Array(60).fill(0xff)),
  'Wave64 of ones': joined('riff', new Uint8Array(90).fill(0xff)),
};

for (const [name, file] of Object.entries(REFUSED)) {
  test(`a damaged or unknown file is refused: ${name}`, async () => {
    await assert.rejects(hear([file]), { kind: 'MediaError', hint: /./ });
  });
}
