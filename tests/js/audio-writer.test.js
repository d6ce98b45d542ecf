// Sound as files of its own. Files that a browser encodes: tests/browser/test_audio_export.py.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAudio } from '../../web/workers/audio-source.js';
import { writeAudio } from '../../web/workers/audio-writer.js';
import { DECODERS, fileBytes, tone, wav } from './recordings.js';

const HEADER_BYTES = 44;
const RATE_HZ = 44_100;
const LEFT = tone(RATE_HZ, 25, 400);
const RIGHT = tone(RATE_HZ, 25, 700);
const STEREO = wav(RATE_HZ, LEFT, RIGHT);

/** @returns {FileSystemSyncAccessHandle & { bytes: () => Uint8Array }} A file in memory. */
function memoryFile() {
  let content = new Uint8Array(0);
  return /** @type {any} */ ({
    write(bytes, { at }) {
      if (at + bytes.length > content.length) {
        const longer = new Uint8Array(at + bytes.length);
        longer.set(content);
        content = longer;
      }
      content.set(bytes, at);
      return bytes.length;
    },
    bytes: () => content,
  });
}

/**
 * @param {Uint8Array} recording
 * @param {Partial<import('../../web/workers/audio-writer.js').Cut>} [cut]
 */
async function written(recording, cut = {}) {
  const file = memoryFile();
  const open = async ({ rateHz, channel }) =>
    openAudio(fileBytes(recording), 0, DECODERS, {
      channel,
      rateOf: (trackHz) => rateHz || trackHz,
    });
  const seconds = await writeAudio(open, file, { format: 'wav', ...cut });
  return { seconds, bytes: file.bytes() };
}

/** @param {Uint8Array} file */
const samplesOf = (file) => new Int16Array(file.slice(HEADER_BYTES).buffer);

test('a whole recording keeps its rate, channels and samples', async () => {
  const { seconds, bytes } = await written(STEREO);
  assert.equal(seconds, 25);
  assert.deepEqual(bytes, STEREO);
});

test('a part begins and ends at its times', async () => {
  const { seconds, bytes } = await written(STEREO, { parts: [[11.5, 12.75]] });
  assert.equal(seconds, 1.25);
  const frames = samplesOf(STEREO);
  const from = 2 * Math.round(11.5 * RATE_HZ);
  assert.deepEqual(samplesOf(bytes), frames.slice(from, from + 2 * Math.round(1.25 * RATE_HZ)));
});

test('parts follow one another', async () => {
  const { seconds, bytes } = await written(STEREO, {
    parts: [
      [1, 2],
      [20, 21],
    ],
  });
  assert.equal(seconds, 2);
  const frames = samplesOf(STEREO);
  const second = (from) => [...frames.slice(2 * RATE_HZ * from, 2 * RATE_HZ * (from + 1))];
  assert.deepEqual([...samplesOf(bytes)], [...second(1), ...second(20)]);
});

test('a part that reaches past the end is shorter', async () => {
  assert.equal((await written(STEREO, { parts: [[24, 99]] })).seconds, 1);
});

test('silent spans hold zeros and all else is unchanged', async () => {
  const silent = /** @type {const} */ ([
    [3, 4],
    [9.5, 10.5],
  ]);
  const { bytes } = await written(STEREO, { silent });
  const expected = samplesOf(STEREO);
  for (const [fromS, toS] of silent) {
    expected.fill(0, 2 * fromS * RATE_HZ, 2 * toS * RATE_HZ);
  }
  assert.deepEqual(samplesOf(bytes), expected);
});

test('progress rises to the end', async () => {
  const told = [];
  await written(STEREO, { progress: (atS) => told.push(atS) });
  assert.deepEqual(told, [10, 20, 25]);
});

test('an aborted export ends with the reason', async () => {
  const abort = new AbortController();
  const reason = new Error('enough');
  const progress = () => abort.abort(reason);
  await assert.rejects(written(STEREO, { progress, signal: abort.signal }), reason);
});

test('a full device ends the export', async () => {
  const open = async ({ rateHz, channel }) =>
    openAudio(fileBytes(STEREO), 0, DECODERS, { channel, rateOf: (own) => rateHz || own });
  const full = /** @type {any} */ ({ write: () => 0 });
  await assert.rejects(writeAudio(open, full, { format: 'wav' }), { name: 'QuotaExceededError' });
});
