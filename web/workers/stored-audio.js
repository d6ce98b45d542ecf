/** Stored recordings, opened for reading by a worker without Python. */

import { openAudio } from './audio-source.js';
import { BlobBytes } from './file-bytes.js';
import { loadDecoders } from './media-decoder.js';
import * as audioStore from './opfs-audio.js';

/** @import { AudioSource } from './audio-source.js' */

/**
 * @typedef {object} StoredRecording
 * @property {string} path As in `StoredAudio.path`.
 * @property {number} track
 * @property {string} container See `openAudio`.
 * @property {string} base The page's base address.
 */

/**
 * @param {StoredRecording} recording
 * @param {{ rateOf: (trackHz: number) => number, channel?: number }} how See `openAudio`.
 * @returns {Promise<AudioSource>}
 * @throws {PlatformError} `NotFoundError`: it is not stored; `MediaError`: it cannot be decoded.
 */
export async function openStored({ path, track, container, base }, how) {
  const decoders = await loadDecoders(new URL(__BUILD__.decodersURL, base).href);
  const bytes = new BlobBytes(await audioStore.open(path));
  return openAudio(bytes, track, decoders, { container, ...how });
}
