/** One file from the network to the origin's private file system: hashed, continued, checked. */

import { createSHA256 } from 'hash-wasm';
import * as t from '../app/strings/platform-errors.js';
import { PlatformError } from './errors.js';
import { placeOf, removeFrom, writeAll, writer } from './opfs.js';

const TRIES = 4;
const WAIT_MS = 1000;
const CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * @typedef {import('./model-files.js').ModelFile} ModelFile
 * @typedef {Awaited<ReturnType<typeof createSHA256>>} Hash
 */

/**
 * Fetch what is missing of a file. A broken connection is taken up where it broke; a file that
 * arrived with the wrong content is fetched once more from its start.
 *
 * @param {URL} url
 * @param {FileSystemDirectoryHandle} directory
 * @param {ModelFile} file
 * @param {(loadedBytes: number) => void} progress
 */
export async function download(url, directory, file, progress) {
  const [holder, name] = await placeOf(directory, file.path);
  for (const last of [false, true]) {
    if (await attempt(url, await writer(holder, name), file, progress)) {
      return;
    }
    await removeFrom(holder, name);
    if (last) {
      throw new PlatformError(
        'ModelError',
        t.modelDamaged,
        new Error(`${file.path} does not have SHA-256 ${file.sha256}`),
      );
    }
  }
}

/**
 * @param {URL} url
 * @param {FileSystemSyncAccessHandle} access Closed at the end.
 * @param {ModelFile} file
 * @param {(loadedBytes: number) => void} progress
 * @returns {Promise<boolean>} False: it is whole but wrong.
 */
async function attempt(url, access, file, progress) {
  try {
    if (access.getSize() > file.bytes) {
      access.truncate(0);
    }
    const hash = await createSHA256();
    let at = rehash(access, hash);
    for (let tries = 1; at < file.bytes; tries++) {
      try {
        at = await stream(url, access, hash, at, progress);
      } catch (error) {
        // What fetch throws when the connection fails.
        if (!(error instanceof TypeError) || tries === TRIES) {
          throw error instanceof TypeError ? unreachable(error) : error;
        }
        at = access.getSize();
        await new Promise((resolve) => setTimeout(resolve, WAIT_MS * tries));
      }
      if (at < file.bytes && tries >= TRIES) {
        throw unreachable(new Error(`the connection ended after ${at} of ${file.bytes} bytes`));
      }
    }
    access.flush();
    return at === file.bytes && hash.digest('hex') === file.sha256;
  } finally {
    access.close();
  }
}

/**
 * @param {URL} url
 * @param {FileSystemSyncAccessHandle} access
 * @param {Hash} hash Of everything before `from`.
 * @param {number} from
 * @param {(loadedBytes: number) => void} progress
 * @returns {Promise<number>} Bytes there are now.
 */
async function stream(url, access, hash, from, progress) {
  const headers = from ? { Range: `bytes=${from}-` } : undefined;
  const response = await fetch(url, { headers, cache: 'no-store' });
  if (!response.ok || !response.body) {
    throw unreachable(new Error(`${response.status} for ${response.url}`));
  }
  let at = response.status === 206 ? from : 0;
  if (at === 0) {
    hash.init();
    access.truncate(0);
  }
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return at;
    }
    writeAll(access, value, at);
    hash.update(value);
    at += value.length;
    progress(at);
  }
}

/**
 * @param {FileSystemSyncAccessHandle} access
 * @param {Hash} hash
 * @returns {number} Bytes that are there.
 */
function rehash(access, hash) {
  const size = access.getSize();
  const buffer = new Uint8Array(Math.min(size, CHUNK_BYTES));
  for (let at = 0; at < size; ) {
    const count = access.read(buffer, { at });
    hash.update(buffer.subarray(0, count));
    at += count;
  }
  return size;
}

/**
 * @param {Blob} file
 * @param {(bytes: Uint8Array, at: number) => void} [take] Given every piece that was read.
 * @returns {Promise<string>} Hex.
 */
export async function sha256Of(file, take) {
  const hash = await createSHA256();
  for (let at = 0; at < file.size; at += CHUNK_BYTES) {
    const bytes = new Uint8Array(await file.slice(at, at + CHUNK_BYTES).arrayBuffer());
    hash.update(bytes);
    take?.(bytes, at);
  }
  return hash.digest('hex');
}

/** @param {unknown} cause */
function unreachable(cause) {
  return new PlatformError('ModelError', t.modelCutOff, cause);
}
