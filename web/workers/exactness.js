/**
 * Whether the browser's own player shows the same time at the same sound as our decoder.
 *
 * The rule errs to our decoder: a recording that is not known to be exact is played from a copy
 * (playable-copy.js). Browsers estimate a time in a file without an index, count samples across
 * holes, stop at the end of the first of several joined parts, and choose tracks of their own.
 */

/** @import { FileBytes } from './file-bytes.js' */

import { inspect, word } from './headers.js';
import { hasConstantBitRate } from './mp3-frames.js';
import { hasPlainTables } from './mp4-tables.js';

/** What a click may miss, and more than an encoder's delay. */
export const EXACT_S = 0.1;
const PLAIN_PCM = new Set(['pcm_u8', 'pcm_s16le', 'pcm_s24le', 'pcm_f32le']);

/**
 * @typedef {object} MediaFacts
 * @property {string} container FFmpeg's name of the demuxer.
 * @property {string} codec FFmpeg's name of the track's codec.
 * @property {number} tracks Of sound.
 * @property {number} startS When the recording begins, on the container's clock.
 * @property {number} durationS As the file tells; NaN where it does not.
 */

/**
 * Decided before anything is decoded, from what the file tells.
 *
 * @param {FileBytes} file
 * @param {MediaFacts} facts
 * @returns {boolean}
 */
export function playsExactly(file, { container, codec, tracks, startS, durationS }) {
  const { missing, repaired } = inspect(file);
  if (missing || repaired || tracks !== 1 || Math.abs(startS) > EXACT_S) {
    return false;
  }
  switch (container) {
    case 'wav':
      return word(file, 0) === 'RIFF' && PLAIN_PCM.has(codec);
    case 'flac':
      return word(file, 0) === 'fLaC' && durationS > 0;
    case 'mp3':
      return codec === 'mp3' && hasConstantBitRate(file);
    default:
      return container.startsWith('mov') && codec === 'aac' && hasPlainTables(file);
  }
}

/**
 * Decided once everything was decoded.
 *
 * @param {number} heardS The length heard.
 * @param {number} movedS How much silence was put in and sound cut to keep to the file's times.
 * @param {number} toldS The length that the file or the browser's player tells; NaN: neither does.
 * @returns {boolean}
 */
export function wasExact(heardS, movedS, toldS) {
  return movedS <= EXACT_S && !(Math.abs(heardS - toldS) > EXACT_S);
}
