/** A backup on its way out, `backup/<name>` in the origin's private file system; and one coming in. */

import { storageError, storing } from './errors.js';
import { folder, removeFrom, writeAll, writer } from './opfs.js';

const FOLDER = 'backup';
/** @type {import('../app/strings/platform-errors.js').Stored} */
const WHAT = 'backup';

/** Made by `create`: written piece by piece. */
class BackupFile {
  /**
   * @param {string} name
   * @param {FileSystemSyncAccessHandle} access
   */
  constructor(name, access) {
    this.path = `${FOLDER}/${name}`;
    this.bytes = 0;
    this.access = access;
  }

  /** @param {Uint8Array} piece */
  append(piece) {
    try {
      writeAll(this.access, piece, this.bytes);
      this.bytes += piece.length;
    } catch (error) {
      throw storageError(error, WHAT);
    }
  }

  finish() {
    try {
      this.access.flush();
      this.access.close();
    } catch (error) {
      throw storageError(error, WHAT);
    }
  }

  /** Leave nothing behind. */
  async abandon() {
    this.access.close();
    await clear();
  }
}

/**
 * @param {string} name
 * @returns {Promise<BackupFile>} In the place of the one before.
 */
export async function create(name) {
  await clear();
  return storing(WHAT, async () => new BackupFile(name, await writer(await folder(FOLDER), name)));
}

export async function clear() {
  await storing('lastBackup', async () => removeFrom(await folder(), FOLDER, true));
}

/**
 * Bytes [start, stop), at once: Python's zip reader cannot wait.
 *
 * @param {Blob} blob
 * @param {number} start
 * @param {number} stop
 */
export function read(blob, start, stop) {
  const bytes = new FileReaderSync().readAsArrayBuffer(blob.slice(start, stop));
  return new Uint8Array(bytes);
}
