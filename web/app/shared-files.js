/** Files that the system shared, from the service worker until the page has added them. */
import { openDB } from 'idb';

const DATABASE = 'earwitness-shared';
const TABLE = 'files';

/**
 * @typedef {object} SharedFile
 * @property {number} key
 * @property {File} file
 * @property {boolean} from_system the user chose Earwitness in the system; false: perhaps another
 *   page sent it
 */

/**
 * Keep files. Of those that may be another page's only the latest stay, so that no page can fill the
 * disk.
 * @param {readonly File[]} files
 * @param {boolean} from_system
 * @returns {Promise<void>} when they are on the disk
 */
export const keepShared = (files, from_system) =>
  within('readwrite', async (table) => {
    if (!from_system) {
      for (const { key } of await read(table).then(others)) await table.delete(key);
    }
    for (const file of files) await table.add({ file, from_system });
  });

/** @returns {Promise<SharedFile[]>} in the order in which they came */
export const sharedFiles = () => within('readonly', read);

/** @param {readonly SharedFile[]} files */
export const forgetShared = (files) =>
  within('readwrite', async (table) => {
    for (const { key } of files) await table.delete(key);
  });

/** @param {readonly SharedFile[]} files @returns {SharedFile[]} those of which the user is asked */
export const others = (files) => files.filter(({ from_system }) => !from_system);

/** @param {any} table @returns {Promise<SharedFile[]>} */
async function read(table) {
  const [keys, values] = await Promise.all([table.getAllKeys(), table.getAll()]);
  return values.map((/** @type {object} */ value, /** @type {number} */ at) => ({
    ...value,
    key: keys[at],
  }));
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(table: any) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function within(mode, work) {
  const database = await openDB(DATABASE, 1, {
    upgrade: (made) => void made.createObjectStore(TABLE, { autoIncrement: true }),
  });
  try {
    const transaction = database.transaction(TABLE, mode);
    const [result] = await Promise.all([work(transaction.store), transaction.done]);
    return result;
  } finally {
    database.close();
  }
}
