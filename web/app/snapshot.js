/** @import { Segment, Settings, TranscriptSummary } from '../generated/messages' */
/** @import { Table } from '../generated/platform' */
import { openDB } from 'idb';
import {
  DATABASE_NAME,
  NEW_SEGMENT,
  RECENT_KEY,
  SETTINGS_KEY,
  SHARD_SCHEMA,
} from '../generated/constants.js';

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
 * The sentences of a transcript as the library keeps them for its search: a long text can be read
 * while the library still puts its words together.
 * @param {string} id
 * @returns {Promise<Segment[]>} without words and speakers; empty where they are not of today
 */
export async function storedSentences(id) {
  const [record, shard] = await Promise.all([kept('transcripts', id), kept('shards', id)]);
  const isOfToday = shard?.schema === SHARD_SCHEMA && shard.revision === record?.revision;
  if (!isOfToday || !Array.isArray(shard.lines)) return [];
  return shard.lines.map((/** @type {[number, number, string]} */ [start_s, end_s, text]) => ({
    ...NEW_SEGMENT,
    start_s,
    end_s,
    text,
  }));
}

/**
 * @param {Table} store
 * @param {string} key
 * @returns {Promise<any>} null where there is nothing, or nothing to be read
 */
async function kept(store, key) {
  try {
    const database = await openDB(DATABASE_NAME, undefined, {
      // Making the tables is the library's work: an upgrade here would leave them out for good.
      upgrade: (_database, _from, _to, transaction) => {
        transaction.done.catch(() => {});
        transaction.abort();
      },
      blocking: (_current, _blocked, event) => /** @type {IDBDatabase} */ (event.target).close(),
    });
    try {
      const value = await database.get(store, key);
      return typeof value === 'string' ? JSON.parse(value) : (value ?? null);
    } finally {
      database.close();
    }
  } catch {
    return null;
  }
}
