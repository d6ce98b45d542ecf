// What a file's own bytes say about it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  lacksIndex,
  mp3TellsLength,
  oggCodec,
  wavPromiseS,
  wholePages,
} from '../../web/workers/container-probe.js';
import { big, joined, little, RATE_HZ, tone, wav } from './recordings.js';

/** @param {...(string | Uint8Array)} parts */
const file = (...parts) => new Blob([joined(...parts)]);
const zeros = (/** @type {number} */ count) => new Uint8Array(count);

/** @param {string | Uint8Array} packet of at most 255 bytes */
function oggPage(packet) {
  const bytes = joined(packet);
  return joined('OggS', zeros(22), Uint8Array.of(1, bytes.length), bytes);
}

/**
 * @param {string} kind
 * @param {number} bytes
 */
const box = (kind, bytes) => joined(big([bytes, 4]), kind, zeros(bytes - 8));

test('the codec of an Ogg file is named where no browser decodes it', async () => {
  assert.equal(await oggCodec(file(oggPage('Speex   1.2'))), 'Speex');
  assert.equal(await oggCodec(file(oggPage('\x7fFLAC\x01'))), 'FLAC in Ogg');
  assert.equal(await oggCodec(file(oggPage('OpusHead'), oggPage('CELT    '))), 'CELT');
  assert.equal(await oggCodec(file(oggPage('OpusHead'))), '');
  assert.equal(await oggCodec(file('Speex   ')), '');
});

test('a last Ogg page that was cut off is left out', async () => {
  const [first, second] = [oggPage('OpusHead'), oggPage(zeros(200))];
  assert.equal((await wholePages(file(first, second))).size, first.length + second.length);
  assert.equal((await wholePages(file(first, second.subarray(0, 100)))).size, first.length);
  const other = file('RIFF', zeros(99));
  assert.equal(await wholePages(other), other);
});

test('an MP4 lacks its index where it was cut off before or in it', async () => {
  const [head, media, index] = [box('ftyp', 16), box('mdat', 400), box('moov', 64)];
  assert.equal(await lacksIndex(file(head, media, index)), false);
  assert.equal(await lacksIndex(file(head, index, media)), false);
  assert.equal(await lacksIndex(file(head, media)), true);
  assert.equal(await lacksIndex(file(head, media, index.subarray(0, 20))), true);
  assert.equal(await lacksIndex(file('RIFF', zeros(99))), false);
});

test('sizes of 64 bits and of the rest of the file are read', async () => {
  const large = joined(big([1, 4]), 'mdat', big([0, 4], [416, 4]), zeros(400));
  const toTheEnd = joined(big([0, 4]), 'mdat', zeros(99));
  assert.equal(await lacksIndex(file(box('ftyp', 16), large, box('moov', 64))), false);
  assert.equal(await lacksIndex(file(box('ftyp', 16), toTheEnd)), true);
});

test('an MP3 tells its length in its first frame, behind the tag', async () => {
  const tag = joined('ID3', Uint8Array.of(4, 0, 0, 0, 0, 2, 44), zeros(2 * 128 + 44));
  assert.equal(await mp3TellsLength(file(tag, zeros(36), 'Xing')), true);
  assert.equal(await mp3TellsLength(file(zeros(36), 'Info')), true);
  assert.equal(await mp3TellsLength(file(tag, zeros(5000), 'Xing')), false);
});

test('a WAV that is too short tells what its header promises', async () => {
  const whole = wav(RATE_HZ, tone(RATE_HZ, 2, 500));
  assert.equal(await wavPromiseS(new Blob([whole])), undefined);
  assert.equal(await wavPromiseS(new Blob([whole.subarray(0, 20_000)])), 2);
  assert.equal(await wavPromiseS(file('not a WAV at all')), undefined);
});

test('a WAV that was written before its length was known promises nothing', async () => {
  const whole = wav(RATE_HZ, tone(RATE_HZ, 2, 500));
  whole.set(little([0x7fffffff, 4]), 40);
  assert.equal(await wavPromiseS(new Blob([whole])), undefined);
});
