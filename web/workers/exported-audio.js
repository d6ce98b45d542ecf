/**
 * Sound on its way out, in the origin's private file system: `exported/<id>/`, deleted with the
 * recording, and otherwise by a later visit.
 */

import { fileIn, folder, removeFrom, writer } from './opfs.js';

const FOLDER = 'exported';
/** By then it has been copied to where the user wants it. */
const KEPT_MS = 3_600_000;

/**
 * Write a file.
 *
 * @param {string} id of the transcript
 * @param {(access: FileSystemSyncAccessHandle) => Promise<unknown>} write
 * @returns {Promise<File>}
 */
export async function create(id, write) {
  const place = await folder(FOLDER, id);
  const name = crypto.randomUUID();
  const access = await writer(place, name);
  try {
    await write(access);
    access.flush();
  } catch (error) {
    access.close();
    await removeFrom(place, name);
    throw error;
  }
  access.close();
  return /** @type {File} */ (await fileIn(place, name));
}

/**
 * Delete what was exported of a recording; a file that is being written stays.
 *
 * @param {string} id
 */
export async function remove(id) {
  await removeUnlessLocked(await folder(FOLDER), id);
}

/** Delete what was exported more than an hour ago. */
export async function prune() {
  const all = await folder(FOLDER);
  for await (const [id] of all.entries()) {
    const place = await folder(FOLDER, id);
    let kept = 0;
    for await (const [name] of place.entries()) {
      const file = await fileIn(place, name);
      if (file && Date.now() - file.lastModified < KEPT_MS) {
        kept++;
      } else {
        await removeUnlessLocked(place, name);
      }
    }
    if (!kept) {
      await removeUnlessLocked(all, id);
    }
  }
}

/**
 * @param {FileSystemDirectoryHandle} directory
 * @param {string} name
 */
async function removeUnlessLocked(directory, name) {
  try {
    await removeFrom(directory, name, true);
  } catch (error) {
    // Another worker writes it, and looks at the end whether the recording is still there.
    if (!(error instanceof DOMException && error.name === 'NoModificationAllowedError')) {
      throw error;
    }
  }
}
