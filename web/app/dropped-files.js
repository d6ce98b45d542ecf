/** What a recording in a dropped folder is called, where the browser does not know its type. */
const RECORDING =
  /\.(aac|aiff?|amr|avi|caf|flac|m4[abv]|mk[av]|mov|mp[34g]|mpeg|og[agv]|opus|wav|web[am]|wma)$/i;

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
  const found = [];
  for (const entry of entries) {
    if (entry?.isDirectory) {
      found.push(...(await filesBelow(/** @type {FileSystemDirectoryEntry} */ (entry))));
    } else if (entry) {
      found.push(await fileOf(/** @type {FileSystemFileEntry} */ (entry)));
    }
  }
  return found;
}

/**
 * @param {FileSystemDirectoryEntry} folder
 * @returns {Promise<File[]>}
 */
async function filesBelow(folder) {
  const files = [];
  const reader = folder.createReader();
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!batch.length) return files;
    for (const entry of batch) {
      if (entry.isDirectory) {
        files.push(...(await filesBelow(/** @type {FileSystemDirectoryEntry} */ (entry))));
      } else {
        const file = await fileOf(/** @type {FileSystemFileEntry} */ (entry));
        if (/^(audio|video)\//.test(file.type) || RECORDING.test(file.name)) files.push(file);
      }
    }
  }
}

/**
 * @param {FileSystemFileEntry} entry
 * @returns {Promise<File>}
 */
const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));
