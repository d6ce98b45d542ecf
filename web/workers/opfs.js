/** The origin's private file system: folders, files, and writing a stream in place. */

import * as t from '../app/strings/platform-errors.js';
import { PlatformError } from './errors.js';

const LOCK_TRIES = 40;
const LOCK_WAIT_MS = 100;

/**
 * @param {string[]} names Folder in folder, made where missing.
 * @returns {Promise<FileSystemDirectoryHandle>}
 */
export async function folder(...names) {
  if (!navigator.storage?.getDirectory) {
    throw new PlatformError('StorageError', t.noPrivateFiles);
  }
  let handle = await navigator.storage.getDirectory();
  for (const name of names) {
    handle = await handle.getDirectoryHandle(name, { create: true });
  }
  return handle;
}

/**
 * @param {FileSystemDirectoryHandle} directory
 * @param {string} name
 * @returns {Promise<File | null>} null where there is none.
 */
export async function fileIn(directory, name) {
  const file = directory.getFileHandle(name).then((handle) => handle.getFile());
  return file.catch(nullWhereMissing);
}

/**
 * A file below a folder, its path split into the folder that holds it and its name.
 *
 * @param {FileSystemDirectoryHandle} directory
 * @param {string} path With `/`; its folders are made where missing.
 * @returns {Promise<[FileSystemDirectoryHandle, string]>}
 */
export async function placeOf(directory, path) {
  const names = path.split('/');
  let holder = directory;
  for (const name of names.slice(0, -1)) {
    holder = await holder.getDirectoryHandle(name, { create: true });
  }
  return [holder, names[names.length - 1]];
}

/**
 * @param {FileSystemDirectoryHandle} directory
 * @param {string} path With `/`.
 * @returns {Promise<File | null>} null where there is none.
 */
export async function fileAt(directory, path) {
  return fileIn(...(await placeOf(directory, path)));
}

/**
 * @param {FileSystemDirectoryHandle} directory
 * @param {string} name
 * @param {boolean} [recursive]
 */
export async function removeFrom(directory, name, recursive = false) {
  await directory.removeEntry(name, { recursive }).catch(nullWhereMissing);
}

/** @param {unknown} error */
function nullWhereMissing(error) {
  if (error instanceof DOMException && error.name === 'NotFoundError') {
    return null;
  }
  throw error;
}

/**
 * Open a file for writing in place. A worker that was terminated a moment ago may still hold its
 * lock, so try for a while.
 *
 * @param {FileSystemDirectoryHandle} directory
 * @param {string} name
 * @returns {Promise<FileSystemSyncAccessHandle>}
 */
export async function writer(directory, name) {
  const handle = await directory.getFileHandle(name, { create: true });
  for (let attempt = 1; ; attempt++) {
    try {
      return await handle.createSyncAccessHandle();
    } catch (error) {
      const locked = error instanceof DOMException && error.name === 'NoModificationAllowedError';
      if (!locked || attempt === LOCK_TRIES) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, LOCK_WAIT_MS));
    }
  }
}

/**
 * @param {FileSystemSyncAccessHandle} access
 * @param {Uint8Array} bytes
 * @param {number} at
 */
export function writeAll(access, bytes, at) {
  let done = 0;
  while (done < bytes.length) {
    const wrote = access.write(bytes.subarray(done), { at: at + done });
    if (!wrote) {
      // Some engines report a full disk as a short write instead of an exception.
      throw new DOMException('The device is full.', 'QuotaExceededError');
    }
    done += wrote;
  }
}
