/** @import { Settings, TranscriptSummary } from '../generated/messages' */
/** @import { Table } from '../generated/platform' */
import { DATABASE_NAME, RECENT_KEY, SETTINGS_KEY } from '../generated/constants.js';

/**
 * The newest transcripts as the library last wrote them, read straight from IndexedDB so that they
 * show before Python is up. Anything odd gives an empty list: the library brings the truth.
 * @returns {Promise<TranscriptSummary[]>}
 */
export async function recentTranscripts() {
  const list = await kept('snapshot', RECENT_KEY);
  return Array.isArray(list) ? list : (list?.transcripts ?? []);
}

/**
 * The settings as the library last wrote them, so that the page says where recordings go before
 * Python is up.
 * @returns {Promise<Settings | null>}
 */
export const storedSettings = () => kept('settings', SETTINGS_KEY);

/**
 * @param {Table} store
 * @param {string} key
 * @returns {Promise<any>} null where there is nothing, or nothing to be read
 */
async function kept(store, key) {
  try {
    const database = await openExisting(DATABASE_NAME);
    try {
      const value = await read(database, store, key);
      return typeof value === 'string' ? JSON.parse(value) : (value ?? null);
    } finally {
      database.close();
    }
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @returns {Promise<IDBDatabase>}
 */
function openExisting(name) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    // Making the tables is the library's work: an upgrade here would leave them out for good.
    opening.onupgradeneeded = () => opening.transaction?.abort();
    opening.onerror = () => reject(opening.error);
    opening.onblocked = () => reject(new Error('blocked'));
    opening.onsuccess = () => {
      const database = opening.result;
      database.onversionchange = () => database.close();
      resolve(database);
    };
  });
}

/**
 * @param {IDBDatabase} database
 * @param {string} store
 * @param {string} key
 * @returns {Promise<any>}
 */
function read(database, store, key) {
  return new Promise((resolve, reject) => {
    const getting = database.transaction(store).objectStore(store).get(key);
    getting.onsuccess = () => resolve(getting.result);
    getting.onerror = () => reject(getting.error);
  });
}
