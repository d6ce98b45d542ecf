/**
 * Recordings in the origin's private file system, one file a transcript: `audio/<id>`. A recording
 * that was silenced where words are redacted is `audio/<id>.<number>`.
 */
/** @import { StoredAudio } from '../generated/platform' */

import * as t from '../app/strings/platform-errors.js';
import { sha256Of } from './download.js';
import { PlatformError, storageError, storing } from './errors.js';
import * as exportedAudio from './exported-audio.js';
import { fileIn, folder, removeFrom, writeAll, writer } from './opfs.js';
import * as playerFiles from './player-files.js';

const FOLDER = 'audio';

/**
 * Stream a file in, hashing on the way. Nothing stays behind when it fails.
 *
 * @param {string} id
 * @param {Blob} blob
 * @returns {Promise<string>} JSON of `StoredAudio`.
 */
export async function save(id, blob) {
  if (!blob.size) {
    throw new PlatformError('MediaError', t.fileEmpty);
  }
  /** @type {FileSystemDirectoryHandle | undefined} */
  let directory;
  try {
    directory = await folder(FOLDER);
    await playerFiles.remove(id);
    await exportedAudio.remove(id);
    await assertRoom(blob.size);
    const into = directory;
    const sha256 = await playerFiles.withRoom(blob.size, () => copyInto(into, id, blob));
    /** @type {StoredAudio} */
    const stored = {
      path: `${FOLDER}/${id}`,
      bytes: blob.size,
      fingerprint: sha256,
      media_type: blob.type,
    };
    return JSON.stringify(stored);
  } catch (error) {
    if (directory) {
      await removeFrom(directory, id).catch(() => undefined);
    }
    throw unreadable(error) ?? storageError(error, 'recording');
  }
}

/**
 * Delete a recording, what the player made of it, and what was exported of it.
 *
 * @param {string} id
 */
export const remove = (id) => removeOlder(id, '');

/**
 * Delete what is stored of a recording, and what the player made of it, except one file.
 *
 * @param {string} id
 * @param {string} path Of the file that stays.
 */
export async function removeOlder(id, path) {
  await storing('deletion', async () => {
    const all = await folder(FOLDER);
    const names = [];
    for await (const [name] of all.entries()) {
      if (name.split('.')[0] === id && `${FOLDER}/${name}` !== path) {
        names.push(name);
      }
    }
    for (const name of names) {
      await removeFrom(all, name);
    }
    await playerFiles.remove(id);
    await exportedAudio.remove(id);
  });
}

/**
 * Delete what the player made of recordings that are not stored any more, and old exports.
 *
 * @param {string} ids JSON: the ids of those that are.
 */
export async function prune(ids) {
  await storing('deletion', async () => {
    await playerFiles.removeOthers(new Set(JSON.parse(ids)));
    await exportedAudio.prune();
  });
}

/** @returns {Promise<string>} JSON: {path: bytes} */
export async function list() {
  return storing('recordings', async () => {
    /** @type {Record<string, number>} */
    const sizes = {};
    for await (const [name, handle] of (await folder(FOLDER)).entries()) {
      if (handle.kind === 'file') {
        sizes[`${FOLDER}/${name}`] = (
          await /** @type {FileSystemFileHandle} */ (handle).getFile()
        ).size;
      }
    }
    return JSON.stringify(sizes);
  });
}

/**
 * A piece of a stored recording, for a backup.
 *
 * @param {string} path As in `StoredAudio.path`.
 * @param {number} offset
 * @param {number} length
 * @returns {Promise<Uint8Array>} Empty at the end.
 */
export async function piece(path, offset, length) {
  const file = await open(path);
  return new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
}

/**
 * @param {string} path As in `StoredAudio.path`.
 * @returns {Promise<File>}
 */
export async function open(path) {
  const name = path.slice(FOLDER.length + 1);
  const file = path.startsWith(`${FOLDER}/`) ? await fileIn(await folder(FOLDER), name) : null;
  if (!file) {
    throw new PlatformError('NotFoundError', t.audioMissing);
  }
  return file;
}

/**
 * Begin a copy that may take the place of a recording: `audio/<id>.<number>`.
 *
 * @param {string} id
 * @param {string} path Of the recording.
 */
export async function startCopy(id, path) {
  const directory = await folder(FOLDER);
  const number = Number(path.split('.')[1] ?? 0) + 1;
  const name = `${id}.${number}`;
  const access = await writer(directory, name);
  return {
    path: `${FOLDER}/${name}`,
    access,
    async finish() {
      access.flush();
      access.close();
      return /** @type {File} */ (await fileIn(directory, name));
    },
    async remove() {
      access.close();
      await removeFrom(directory, name).catch(() => undefined);
    },
  };
}

/**
 * @param {FileSystemDirectoryHandle} directory
 * @param {string} id
 * @param {Blob} blob
 * @returns {Promise<string>} SHA-256, hex.
 */
async function copyInto(directory, id, blob) {
  const access = await writer(directory, id);
  try {
    access.truncate(0);
    const sha256 = await sha256Of(blob, (bytes, at) => writeAll(access, bytes, at));
    access.flush();
    return sha256;
  } finally {
    access.close();
  }
}

/** @param {number} bytes */
async function assertRoom(bytes) {
  await playerFiles.withRoom(bytes, async () => {
    const { quota = 0, usage = 0 } = await navigator.storage.estimate();
    if (quota && bytes > quota - usage) {
      throw new DOMException('Larger than what is left of the quota.', 'QuotaExceededError');
    }
  });
}

/** @param {unknown} error */
function unreadable(error) {
  const name = error instanceof DOMException ? error.name : '';
  if (name !== 'NotReadableError' && name !== 'NotFoundError') {
    return null;
  }
  return new PlatformError('NotFoundError', t.fileUnreadable, error);
}
