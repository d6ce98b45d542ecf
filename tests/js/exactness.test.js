import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playsExactly, wasExact } from '../../web/workers/exactness.js';
import { hasConstantBitRate } from '../../web/workers/mp3-frames.js';
import { hasPlainTables } from '../../web/workers/mp4-tables.js';
import { fileBytes } from './recordings.js';

/** @param {...(string | number[] | Uint8Array)} parts */
function bytes(...parts) {
  const arrays = parts.map((part) =>
    typeof part === 'string' ? new TextEncoder().encode(part) : Uint8Array.from(part),
  );
  return fileBytes(Uint8Array.from(arrays.flatMap((array) => [...array])));
}

const RATES = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128];

/**
 * @param {number} kbps
 * @param {string} [table]
 * @param {number} [count] of frames, in the table
 */
function frame(kbps, table = '', count = 0) {
  const whole = new Uint8Array(Math.floor((144_000 * kbps) / 44_100));
  whole.set([0xff, 0xfb, RATES.indexOf(kbps) << 4, 0xc0]);
  whole.set(new TextEncoder().encode(table), 4 + 17);
  whole.set([0, 0, 0, table ? 1 : 0, 0, 0, 0, count], 4 + 17 + 4);
  return whole;
}

const MP3S = {
  'one rate': [true, frame(64), frame(64), frame(64)],
  'one rate, a length': [true, frame(64, 'Info', 2), frame(64), frame(64)],
  'one rate, a tag at the end': [true, frame(64), frame(64), `TAG${' '.repeat(125)}`],
  'one rate, a tag at the start': [
    true,
    [...'ID3'].map((letter) => letter.charCodeAt(0)),
    [3, 0, 0, 0, 0, 0, 5, 1, 2, 3, 4, 5],
    frame(64),
    frame(64),
  ],
  'one rate, two tags at the end': [
    true,
    ...[frame(64), frame(64), 'APETAGEX', [0, 0, 0, 0, 40, 0, 0, 0], new Uint8Array(16 + 40)],
    `TAG${' '.repeat(125)}`,
  ],
  'a tag between two parts': [
    false,
    ...[frame(64), frame(64)],
    ...[[...'ID3'].map((letter) => letter.charCodeAt(0)), [3, 0, 0, 0, 0, 0, 0]],
    ...[frame(64), frame(64)],
  ],
  'a picture at the end': [false, frame(64), frame(64), `TAG${' '.repeat(1000)}`],
  'another rate at the end': [false, frame(64), frame(64), frame(128)],
  'a table of contents': [false, frame(64, 'Xing', 2), frame(64), frame(64)],
  'the length of the first of two parts': [
    false,
    ...[frame(64, 'Info', 2), frame(64), frame(64)],
    ...[frame(64, 'Info', 2), frame(64), frame(64)],
  ],
  'something else between frames': [false, frame(64), frame(64), 'rubbish!', frame(64)],
  'no frames': [false, 'rubbish!'],
};

for (const [name, [exact, ...parts]] of Object.entries(MP3S)) {
  test(`MP3 with ${name}`, () => {
    assert.equal(hasConstantBitRate(bytes(...parts)), exact);
  });
}

/**
 * @param {string} name
 * @param {...(number[] | Uint8Array | string)} parts
 */
function box(name, ...parts) {
  const inside = bytes(...parts);
  const whole = new Uint8Array(8 + inside.size);
  new DataView(whole.buffer).setUint32(0, whole.length);
  whole.set(new TextEncoder().encode(name), 4);
  whole.set(inside.read(0, inside.size), 8);
  return whole;
}

/** @param {...number} values */
function words(...values) {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value);
  return new Uint8Array(view.buffer);
}

const SECONDS = 10;
const RATE = 48_000;
const MOVIE = 1000;

/** @param {{ kind?: string, times?: number[], edits?: number[][] | null }} [track] */
function track({ kind = 'soun', times = [468, 1024, 1, 768], edits = null } = {}) {
  const clock = box('mdhd', words(0, 0, 0, RATE, SECONDS * RATE, 0));
  const handler = box('hdlr', words(0, 0), kind, words(0, 0, 0));
  const table = box('stts', words(0, times.length / 2, ...times));
  const media = box('mdia', clock, handler, box('minf', box('stbl', table)));
  const list = edits && box('edts', box('elst', words(0, edits.length, ...edits.flat())));
  return list ? box('trak', list, media) : box('trak', media);
}

/** @param {...Uint8Array} tracks */
function film(...tracks) {
  const header = box('mvhd', words(0, 0, 0, MOVIE, SECONDS * MOVIE));
  return bytes(box('ftyp', 'isom'), box('moov', header, ...tracks), box('mdat', [1, 2, 3]));
}

const ALL = 0x10000;
/** @type {Record<string, [boolean, import('../../web/workers/file-bytes.js').FileBytes]>} */
const MP4S = {
  'one plain track': [true, film(track())],
  'a picture beside it': [true, film(track({ kind: 'vide', times: [3, 1, 9, 2, 4, 9] }), track())],
  "an encoder's delay": [true, film(track({ edits: [[SECONDS * MOVIE, 1024, ALL]] }))],
  'two tracks of sound': [false, film(track(), track())],
  'no sound': [false, film(track({ kind: 'vide' }))],
  'an end that was cut': [false, film(track({ edits: [[5 * MOVIE, 0, ALL]] }))],
  'a start that was cut': [false, film(track({ edits: [[8 * MOVIE, 2 * RATE, ALL]] }))],
  'a late start': [
    false,
    film(
      track({
        edits: [
          [2000, 0xffffffff, ALL],
          [10_000, 0, ALL],
        ],
      }),
    ),
  ],
  'half the speed': [false, film(track({ edits: [[SECONDS * MOVIE, 0, ALL / 2]] }))],
  'a hole': [false, film(track({ times: [200, 1024, 1, 96_000, 200, 1024] }))],
  'a long last frame': [false, film(track({ times: [200, 1024, 1, 96_000] }))],
  fragments: [false, bytes(box('moov', box('mvhd', words(0, 0, 0, 1, 1)), track()), box('moof'))],
  'no index': [false, bytes(box('ftyp', 'isom'), box('mdat', [1]))],
  'a box that is cut off': [false, bytes(box('moov', [0, 0, 0, 99]).subarray(0, 10))],
};

for (const [name, [exact, file]] of Object.entries(MP4S)) {
  test(`MP4 with ${name}`, () => {
    assert.equal(hasPlainTables(file), exact);
  });
}

const PLAIN = { container: '', codec: '', tracks: 1, startS: 0, durationS: 10 };

test('containers without an index are played through the decoder', () => {
  for (const container of ['aac', 'ogg', 'matroska,webm', 'mpegts', 'asf', 'caf', 'aiff', 'au']) {
    assert.equal(playsExactly(bytes('whatever'), { ...PLAIN, container }), false, container);
  }
});

test('FLAC needs a length and nothing in front', () => {
  const facts = { ...PLAIN, container: 'flac', codec: 'flac' };
  assert.equal(playsExactly(bytes('fLaC'), facts), true);
  assert.equal(playsExactly(bytes('fLaC'), { ...facts, durationS: Number.NaN }), false);
  assert.equal(playsExactly(bytes('ID3\x03\0\0\0\0\0\0fLaC'), facts), false);
});

test('several tracks and late starts are played through the decoder', () => {
  const facts = { ...PLAIN, container: 'flac', codec: 'flac' };
  assert.equal(playsExactly(bytes('fLaC'), { ...facts, tracks: 2 }), false);
  assert.equal(playsExactly(bytes('fLaC'), { ...facts, startS: 5 }), false);
});

test('what was heard must agree with what was told', () => {
  assert.equal(wasExact(10, 0.02, 10.05), true);
  assert.equal(wasExact(10, 0.02, Number.NaN), true);
  assert.equal(wasExact(10, 0.5, 10), false);
  assert.equal(wasExact(10, 0, 10.3), false);
});
