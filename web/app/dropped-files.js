import { titleOf } from './format.js';

/**
 * The files of a drop. Of a folder only recordings are taken, at any depth; a file dropped by
 * itself is always taken, so that Python can say what is wrong with it.
 * @param {DataTransfer} transfer
 * @returns {Promise<File[]>}
 */
export async function droppedFiles(transfer) {
  // The list of items is emptied when the event is over, so entries are taken first.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const files = [...transfer.files];
  if (!entries.some((entry) => entry?.isDirectory)) return files;
  const found = await Promise.all(entries.map((entry) => (entry ? filesOf(entry) : [])));
  return found.flat();
}

/**
 * @param {FileSystemEntry} entry
 * @returns {Promise<File[]>} a file itself; of a folder, the recordings in it
 */
async function filesOf(entry) {
  if (entry.isFile) return [await fileOf(/** @type {FileSystemFileEntry} */ (entry))];
  const files = [];
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!batch.length) return files;
    for (const each of batch) {
      const found = await filesOf(each);
      files.push(...(each.isFile ? found.filter(isRecording) : found));
    }
  }
}

/** The browser may not know the type of a file in a folder. @param {File} file */
const isRecording = ({ type, name }) => /^(audio|video)\//.test(type) || titleOf(name) !== name;

/**
 * @param {FileSystemFileEntry} entry
 * @returns {Promise<File>}
 */
const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));
