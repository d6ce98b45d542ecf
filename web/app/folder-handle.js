/** The folder that is kept in step, as the browser hands it out: kept, walked, read and written. */
/** @import { FolderFile } from '../generated/messages' */
import { openDB } from 'idb';

const DATABASE = 'earwitness-folder';
const TABLE = 'handles';
const KEY = 'folder';
const DEPTH_MAX = 8;
const FILES_MAX = 20_000;
const WRITING = /** @type {const} */ ({ mode: 'readwrite' });

/**
 * What browsers have of it beside `FileSystemDirectoryHandle`.
 * @typedef {FileSystemDirectoryHandle & {
 *   queryPermission(how: typeof WRITING): Promise<PermissionState>,
 *   requestPermission(how: typeof WRITING): Promise<PermissionState> }} Folder
 */

/** @returns {Promise<Folder | null>} null: the user thought better of it */
export async function pickFolder() {
  try {
    return await /** @type {any} */ (window).showDirectoryPicker({ id: 'earwitness', ...WRITING });
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') return null;
    throw thrown;
  }
}

/** @param {Folder} folder @returns {Promise<boolean>} whether we may read and write it */
export const isAllowed = async (folder) => (await folder.queryPermission(WRITING)) === 'granted';

/** To be called on a click. @param {Folder} folder @returns {Promise<boolean>} whether we may now */
export const askFor = async (folder) => (await folder.requestPermission(WRITING)) === 'granted';

/** @returns {Promise<Folder | undefined>} the folder that was kept last */
export const keptFolder = () => within((database) => database.get(TABLE, KEY));

/** @param {Folder} folder */
export const keepFolder = (folder) => within((database) => database.put(TABLE, folder, KEY));

/**
 * @param {FileSystemDirectoryHandle} folder
 * @returns {Promise<FolderFile[]>} all files in it, but for hidden ones
 */
export async function filesIn(folder) {
  /** @type {FolderFile[]} */
  const found = [];
  /** @type {(at: FileSystemDirectoryHandle, path: string, depth: number) => Promise<void>} */
  const walk = async (at, path, depth) => {
    for await (const [name, entry] of at.entries()) {
      if (name.startsWith('.') || found.length >= FILES_MAX) continue;
      if (entry.kind === 'directory') {
        if (depth < DEPTH_MAX) await walk(entry, `${path}${name}/`, depth + 1);
        continue;
      }
      // It may have gone meanwhile, or another program may hold it.
      const file = await entry.getFile().catch(() => null);
      if (file) found.push(factsOf(`${path}${name}`, file));
    }
  };
  await walk(folder, '', 1);
  return found;
}

/**
 * @param {FileSystemDirectoryHandle} folder
 * @param {string} path
 * @returns {Promise<File | null>} null: there is none
 */
export async function readFrom(folder, path) {
  try {
    return await (await fileHandle(folder, path, false)).getFile();
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'NotFoundError') return null;
    throw thrown;
  }
}

/**
 * Write a file, if the one that is there is the expected one.
 * @param {FileSystemDirectoryHandle} folder
 * @param {string} path
 * @param {Blob} content
 * @param {FolderFile | null} expected null: there must be none
 * @returns {Promise<FolderFile | null>} the file as it is now; null: nothing was written
 */
export async function writeInto(folder, path, content, expected) {
  const there = await readFrom(folder, path);
  if (there ? !expected || !isSame(factsOf(path, there), expected) : expected) return null;
  const handle = await fileHandle(folder, path, true);
  // The old content stays until all of the new one is there.
  await content.stream().pipeTo(await handle.createWritable());
  return factsOf(path, await handle.getFile());
}

/** @param {FolderFile} one @param {FolderFile} other @returns {boolean} same size, same date */
export const isSame = (one, other) =>
  one.bytes === other.bytes && one.modified_ms === other.modified_ms;

/** @param {string} path @param {File} file @returns {FolderFile} */
export const factsOf = (path, { size, lastModified }) => ({
  path,
  bytes: size,
  modified_ms: lastModified,
});

/**
 * @param {FileSystemDirectoryHandle} folder
 * @param {string} path
 * @param {boolean} create
 */
async function fileHandle(folder, path, create) {
  const names = path.split('/');
  for (const name of names.slice(0, -1)) folder = await folder.getDirectoryHandle(name);
  return folder.getFileHandle(names.at(-1) ?? '', { create });
}

/**
 * @template T
 * @param {(database: import('idb').IDBPDatabase) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function within(work) {
  const database = await openDB(DATABASE, 1, {
    upgrade: (made) => void made.createObjectStore(TABLE),
  });
  try {
    return await work(database);
  } finally {
    database.close();
  }
}
