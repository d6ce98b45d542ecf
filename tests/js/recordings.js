/** Recordings made in memory: tones as samples, and files of them in every uncompressed format. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openAudio } from '../../web/workers/audio-source.js';
import { concatenate } from '../../web/workers/samples.js';

export const RATE_HZ = 16_000;

/**
 * @param {number} rateHz
 * @param {number} seconds
 * @param {number} frequencyHz
 * @param {number} [level]
 * @returns {Float32Array}
 */
export function tone(rateHz, seconds, frequencyHz, level = 0.5) {
  return Float32Array.from(
    { length: Math.round(rateHz * seconds) },
    (_, index) => level * Math.sin((2 * Math.PI * frequencyHz * index) / rateHz),
  );
}

/**
 * @param {Float32Array} samples
 * @returns {number} Root mean square of the whole, a twentieth of a second left out at both ends.
 */
export function level(samples) {
  const middle = samples.subarray(800, samples.length - 800);
  return Math.sqrt(middle.reduce((sum, value) => sum + value * value, 0) / middle.length);
}

const WASM = path.join(import.meta.dirname, '../../web/vendor/ffmpeg-audio/ffmpeg-audio.wasm');
export const DECODERS = new WebAssembly.Module(readFileSync(WASM));

/**
 * @param {BlobPart[]} parts of a file
 * @param {number} [track]
 */
export async function open(parts, track = 0) {
  return openAudio(fileBytes(new Uint8Array(await new Blob(parts).arrayBuffer())), track, DECODERS);
}

/**
 * @param {Uint8Array} bytes
 * @returns {import('../../web/workers/file-bytes.js').FileBytes}
 */
export function fileBytes(bytes) {
  return {
    size: bytes.length,
    read: (position, size) => bytes.subarray(position, position + size),
  };
}

/**
 * @param {BlobPart[]} parts of a file
 * @param {{ track?: number, pieceSamples?: number }} [options]
 * @returns {Promise<Float32Array>} All of it, read in pieces.
 */
export async function hear(parts, { track = 0, pieceSamples = RATE_HZ } = {}) {
  const audio = await open(parts, track);
  const heard = [];
  for (let at = 0; ; ) {
    const piece = await audio.read(at, at + pieceSamples);
    heard.push(piece);
    at += piece.length;
    if (piece.length < pieceSamples) break;
  }
  audio.close();
  return concatenate(heard);
}

/**
 * @param {Float32Array} samples
 * @param {8 | 16 | 24 | 32} bits
 * @param {{ little?: boolean, signed?: boolean }} [order]
 * @returns {Uint8Array}
 */
export function integers(samples, bits, { little = false, signed = true } = {}) {
  const width = bits / 8;
  const bytes = new Uint8Array(samples.length * width);
  const top = 2 ** (bits - 1) - 1;
  for (const [index, sample] of samples.entries()) {
    const value = Math.round(sample * top) + (signed ? 0 : 2 ** (bits - 1));
    for (let byte = 0; byte < width; byte++) {
      const at = index * width + (little ? byte : width - 1 - byte);
      bytes[at] = value >> (8 * byte);
    }
  }
  return bytes;
}

/**
 * @param {Float32Array} samples
 * @param {32 | 64} bits
 * @param {{ little?: boolean }} [order]
 * @returns {Uint8Array}
 */
export function floats(samples, bits, { little = false } = {}) {
  const view = new DataView(new ArrayBuffer((samples.length * bits) / 8));
  for (const [index, sample] of samples.entries()) {
    if (bits === 32) view.setFloat32(4 * index, sample, little);
    else view.setFloat64(8 * index, sample, little);
  }
  return new Uint8Array(view.buffer);
}

/**
 * @param {number} rateHz
 * @param {...Float32Array} channels
 * @returns {Uint8Array} A 16-bit WAV.
 */
export function wav(rateHz, ...channels) {
  const mixed = new Float32Array(channels.length * channels[0].length);
  for (const [channel, samples] of channels.entries()) {
    for (const [frame, sample] of samples.entries()) {
      mixed[frame * channels.length + channel] = sample;
    }
  }
  const data = integers(mixed, 16, { little: true });
  const facts = little(
    [1, 2],
    [channels.length, 2],
    [rateHz, 4],
    [rateHz * channels.length * 2, 4],
    [channels.length * 2, 2],
    [16, 2],
  );
  const body = joined(
    'WAVE',
    'fmt ',
    little([16, 4]),
    facts,
    'data',
    little([data.length, 4]),
    data,
  );
  return joined('RIFF', little([body.length, 4]), body);
}

/**
 * @param {Uint8Array} data
 * @param {number} bits
 * @param {string} [codec] of an AIFF-C
 * @returns {Uint8Array}
 */
export function aiff(data, bits, codec = '') {
  // The rate as an 80-bit extended float: exponent, then a mantissa whose first bit is 1.
  const rate = joined(big([16_383 + 13, 2]), big([RATE_HZ * 2 ** 18, 4], [0, 4]));
  const count = data.length / (bits / 8);
  const common = joined(big([1, 2], [count, 4], [bits, 2]), rate, codec && `${codec}\0\0`);
  const sound = chunk('SSND', joined(new Uint8Array(8), data));
  const name = chunk('NAME', joined('odd'));
  const body = joined(codec ? 'AIFC' : 'AIFF', name, chunk('COMM', common), sound);
  return chunk('FORM', body);
}

/**
 * @param {Uint8Array} data
 * @param {number} coding
 * @returns {Uint8Array}
 */
export function au(data, coding) {
  const header = big([28, 4], [0xffffffff, 4], [coding, 4], [RATE_HZ, 4], [1, 4]);
  return joined('.snd', header, 'note', data);
}

/**
 * @param {Uint8Array} data
 * @param {number} bits
 * @param {number} flags
 * @returns {Uint8Array}
 */
export function caf(data, bits, flags) {
  const rate = floats(Float32Array.of(RATE_HZ), 64);
  const facts = joined(rate, 'lpcm', big([flags, 4], [bits / 8, 4], [1, 4], [1, 4], [bits, 4]));
  const described = joined('desc', big([0, 4], [facts.length, 4]), facts);
  const untilTheEnd = new Uint8Array(8).fill(0xff);
  return joined('caff', big([1, 2], [0, 2]), described, 'data', untilTheEnd, big([0, 4]), data);
}

/**
 * @param {Uint8Array} data
 * @param {number} bits
 * @param {number} tag
 * @returns {Uint8Array}
 */
export function wave64(data, bits, tag) {
  const guid = Buffer.from('f3acd3118cd100c04f8edb8a', 'hex');
  const riff = Buffer.from('2e91cf11a5d628db04c10000', 'hex');
  const bytesPerSecond = (RATE_HZ * bits) / 8;
  const facts = little(
    [tag, 2],
    [1, 2],
    [RATE_HZ, 4],
    [bytesPerSecond, 4],
    [bits / 8, 2],
    [bits, 2],
  );
  const part = (/** @type {string} */ name, /** @type {Uint8Array} */ body) => {
    const padding = new Uint8Array((8 - (body.length % 8)) % 8);
    return joined(name, guid, little([24 + body.length, 4], [0, 4]), body, padding);
  };
  const body = joined(part('fmt ', facts), part('data', data));
  return joined('riff', riff, little([40 + body.length, 4], [0, 4]), 'wave', guid, body);
}

/**
 * @param {string} name
 * @param {Uint8Array} body
 */
function chunk(name, body) {
  return joined(name, big([body.length, 4]), body, new Uint8Array(body.length % 2));
}

/** @param {...(string | Uint8Array)} parts Text is ASCII. */
export function joined(...parts) {
  const bytes = parts.map((part) =>
    typeof part === 'string' ? new TextEncoder().encode(part) : part,
  );
  const whole = new Uint8Array(bytes.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of bytes) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @param {...[value: number, bytes: 2 | 4]} numbers */
export function big(...numbers) {
  return joined(...numbers.map(([value, bytes]) => ordered(value, bytes, false)));
}

/** @param {...[value: number, bytes: 2 | 4]} numbers */
export function little(...numbers) {
  return joined(...numbers.map(([value, bytes]) => ordered(value, bytes, true)));
}

/**
 * @param {number} value
 * @param {2 | 4} bytes
 * @param {boolean} littleEndian
 */
function ordered(value, bytes, littleEndian) {
  const view = new DataView(new ArrayBuffer(bytes));
  if (bytes === 2) view.setUint16(0, value, littleEndian);
  else view.setUint32(0, value, littleEndian);
  return new Uint8Array(view.buffer);
}
