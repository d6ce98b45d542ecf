/** An uncompressed recording as mediabunny can read it: a WAV that is made while it is read. */

import { BlobSource, CustomSource } from 'mediabunny';
import { readPcm } from './pcm-files.js';

const HEADER_BYTES = 44;
/** WAV counts its bytes in 32 bits. */
const LONGEST_BYTES = 0xffffffff - HEADER_BYTES;
const TAGS = { int: 1, float: 3, alaw: 6, ulaw: 7 };

/**
 * @param {Blob} blob Any recording.
 * @returns {Promise<import('mediabunny').Source>}
 */
export async function sourceOf(blob) {
  const pcm = await readPcm(blob);
  return pcm ? wavSource(blob, pcm) : new BlobSource(blob);
}

/**
 * @param {Blob} blob
 * @param {import('./pcm-files.js').Pcm} pcm
 */
function wavSource(blob, pcm) {
  const frame = (pcm.bits / 8) * pcm.channels;
  const length = Math.floor(Math.min(pcm.end - pcm.start, LONGEST_BYTES) / frame) * frame;
  const header = wavHeader(pcm, length);
  return new CustomSource({
    prefetchProfile: 'fileSystem',
    getSize: () => HEADER_BYTES + length,
    read: async (start, end) => {
      const bytes = new Uint8Array(end - start);
      if (start < HEADER_BYTES) {
        bytes.set(header.subarray(start, Math.min(end, HEADER_BYTES)));
      }
      if (end > HEADER_BYTES) {
        const from = Math.max(0, start - HEADER_BYTES);
        const samples = await samplesOf(blob, pcm, from, end - HEADER_BYTES);
        bytes.set(samples, from + HEADER_BYTES - start);
      }
      return bytes;
    },
  });
}

/**
 * Bytes [from, to) of the samples, in WAV's order and sign.
 *
 * @param {Blob} blob
 * @param {import('./pcm-files.js').Pcm} pcm
 * @param {number} from
 * @param {number} to
 */
async function samplesOf(blob, pcm, from, to) {
  const width = pcm.bits / 8;
  const first = Math.floor(from / width) * width;
  const last = Math.ceil(to / width) * width;
  const piece = blob.slice(pcm.start + first, pcm.start + last);
  const bytes = new Uint8Array(await piece.arrayBuffer());
  if (width === 1 && pcm.kind === 'int' && pcm.signed8) {
    for (let index = 0; index < bytes.length; index++) {
      bytes[index] ^= 0x80;
    }
  } else if (pcm.bigEndian) {
    for (let at = 0; at + width <= bytes.length; at += width) {
      bytes.subarray(at, at + width).reverse();
    }
  }
  return bytes.subarray(from - first, to - first);
}

/**
 * @param {import('./pcm-files.js').Pcm} pcm
 * @param {number} length Bytes of samples.
 */
function wavHeader({ kind, bits, channels, rateHz }, length) {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  const frame = (bits / 8) * channels;
  const write = (/** @type {number} */ at, /** @type {string} */ word) =>
    bytes.set(new TextEncoder().encode(word), at);
  write(0, 'RIFF');
  view.setUint32(4, HEADER_BYTES - 8 + length, true);
  write(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, TAGS[kind], true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * frame, true);
  view.setUint16(32, frame, true);
  view.setUint16(34, bits, true);
  write(36, 'data');
  view.setUint32(40, length, true);
  return bytes;
}
