/** A copy of a recording that is silent in some parts, as a WAV file beside the recording. */

/** @import { ErrorView, SilencedAudio } from '../generated/messages' */

import { openAudio } from './audio-source.js';
import { sha256Of } from './download.js';
import { storageError } from './errors.js';
import { BlobBytes } from './file-bytes.js';
import { loadDecoders } from './media-decoder.js';
import * as audioStore from './opfs-audio.js';
import * as playerFiles from './player-files.js';

const STEP_S = 10;
const LOUDEST = 32_767;
const HEADER_BYTES = 44;

/**
 * @typedef {object} SilenceRequest
 * @property {string} id
 * @property {string} path As in `StoredAudio.path`.
 * @property {number} track
 * @property {string} container See `openAudio`.
 * @property {string} base The page's base address.
 * @property {readonly { start_s: number, end_s: number }[]} parts
 *
 * @typedef {{ type: 'silenced', audio: SilencedAudio }
 *   | { type: 'failed', error: ErrorView }} SilenceNews
 */

/**
 * Write the copy. Nothing stays behind when it fails.
 *
 * @param {SilenceRequest} request
 * @param {(trackHz: number) => number} rateOf
 * @returns {Promise<SilencedAudio>}
 */
export async function silencedCopy({ id, path, track, container, base, parts }, rateOf) {
  const decoders = await loadDecoders(new URL(__BUILD__.decodersURL, base).href);
  const bytes = new BlobBytes(await audioStore.open(path));
  const source = await openAudio(bytes, track, decoders, { container, rateOf });
  const copy = await audioStore.startCopy(id, path);
  try {
    const { rateHz } = source;
    let end = HEADER_BYTES;
    for (let at = 0; ; at += STEP_S * rateHz) {
      const samples = await source.read(at, at + STEP_S * rateHz);
      for (const { start_s, end_s } of parts) {
        const first = Math.max(0, Math.floor(start_s * rateHz) - at);
        const stop = Math.max(0, Math.ceil(end_s * rateHz) - at);
        samples.fill(0, Math.min(first, samples.length), Math.min(stop, samples.length));
      }
      const written = integers(samples);
      const place = end;
      await playerFiles.withRoom(written.length, async () => copy.write(written, place));
      end += written.length;
      if (samples.length < STEP_S * rateHz) break;
    }
    copy.write(header(end - HEADER_BYTES, rateHz), 0);
    const file = await copy.finish();
    const fingerprint = await sha256Of(file);
    return { path: copy.path, bytes: file.size, fingerprint, media_type: 'audio/wav' };
  } catch (error) {
    await copy.remove();
    throw storageError(error, 'recording');
  } finally {
    source.close();
  }
}

/** @param {Float32Array} samples @returns {Uint8Array} 16 bits each */
function integers(samples) {
  const made = Int16Array.from(samples, (sample) => Math.round(sample * LOUDEST));
  return new Uint8Array(made.buffer);
}

/** @param {number} bytes @param {number} rateHz @returns {Uint8Array} of a WAV file, one channel */
function header(bytes, rateHz) {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES));
  const name = (/** @type {number} */ at, /** @type {string} */ text) => {
    for (const [index, letter] of [...text].entries()) {
      view.setUint8(at + index, letter.charCodeAt(0));
    }
  };
  name(0, 'RIFF');
  view.setUint32(4, HEADER_BYTES - 8 + bytes, true);
  name(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  name(36, 'data');
  view.setUint32(40, bytes, true);
  return new Uint8Array(view.buffer);
}
