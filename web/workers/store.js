/**
 * The library's tables on IndexedDB. Every method is one transaction: an `await` of Python's in
 * the middle would end it. Values cross to Python as one JSON string a call.
 *
 * Not covered: a browser that evicts the whole origin. The page asks for persistence against that.
 */
/** @import { Change } from '../generated/platform' */

import { openDB } from 'idb';
import * as t from '../app/strings/platform-errors.js';
import { DATABASE_NAME, SCHEMA_VERSION, TABLES } from '../generated/constants.js';
import { PlatformError, storageError, storing } from './errors.js';

const LAST = '\uffff';

/** @typedef {import('idb').IDBPDatabase} Database */

/**
 * Bring a database of an older version to this one.
 *
 * @param {Database} database
 * @param {number} from 0: it is new.
 */
function migrate(database, from) {
  if (from < 1) {
    for (const table of TABLES) {
      database.createObjectStore(table);
    }
  }
}

/** Opens when first used, and again when the browser closed the connection. */
export class Store {
  constructor() {
    /** @type {Promise<Database> | null} */
    this.opening = null;
    this.outdated = false;
  }

  /**
   * @param {string} table
   * @param {string} key
   * @returns {Promise<string | undefined>}
   */
  async get(table, key) {
    return storing('library', async () =>
      JSON.stringify(await (await this.open()).get(table, key)),
    );
  }

  /**
   * @param {string} table
   * @param {string} prefix
   * @returns {Promise<string>} JSON: [[key, value], …]
   */
  async scan(table, prefix) {
    return storing('library', async () => {
      const range = rangeOf(prefix);
      const transaction = (await this.open()).transaction(table, 'readonly');
      const [keys, values] = await Promise.all([
        transaction.store.getAllKeys(range),
        transaction.store.getAll(range),
        transaction.done,
      ]);
      return JSON.stringify(keys.map((key, index) => [key, values[index]]));
    });
  }

  /**
   * Apply all changes or none; they are on the disk when it returns.
   *
   * @param {string} changes JSON of Change[]
   * @returns {Promise<void>}
   */
  async write(changes) {
    /** @type {Change[]} */
    const list = JSON.parse(changes);
    /** @type {string[]} */
    const tables = [...new Set(list.map((change) => change.table))];
    if (!tables.length) {
      return;
    }
    await storing('change', async () => {
      const database = await this.open();
      const transaction = database.transaction(tables, 'readwrite', { durability: 'strict' });
      try {
        const steps = list.map((change) => apply(transaction.objectStore(change.table), change));
        await Promise.all([...steps, transaction.done]);
      } catch (error) {
        abort(transaction);
        throw error;
      }
    });
  }

  /** @returns {Promise<Database>} */
  open() {
    if (this.outdated) {
      return Promise.reject(new PlatformError('StorageError', t.newerInOtherTab));
    }
    this.opening ??= this.connect().catch((error) => {
      this.opening = null;
      throw error;
    });
    return this.opening;
  }

  /** @returns {Promise<Database>} */
  async connect() {
    if (!globalThis.indexedDB) {
      throw new PlatformError('StorageError', t.noIndexedDb);
    }
    try {
      return await openDB(DATABASE_NAME, SCHEMA_VERSION, {
        upgrade: migrate,
        blocked: () => {
          console.warn('Waiting for another tab to close an older version of the library.');
        },
        blocking: (_current, _blocked, event) => {
          this.outdated = true;
          this.opening = null;
          /** @type {IDBDatabase} */ (event.target).close();
        },
        terminated: () => {
          this.opening = null;
        },
      });
    } catch (error) {
      if (error instanceof DOMException && error.name === 'VersionError') {
        throw new PlatformError('StorageError', t.libraryNewer, error);
      }
      throw storageError(error, 'library');
    }
  }
}

/**
 * Undo what a failed list of changes has begun: left alone, the transaction would commit it.
 *
 * @param {import('idb').IDBPTransaction<unknown, string[], 'readwrite'>} transaction
 */
function abort(transaction) {
  transaction.done.catch(() => undefined);
  try {
    transaction.abort();
  } catch {
    // The browser has aborted it already.
  }
}

/** @param {string} prefix */
const rangeOf = (prefix) => IDBKeyRange.bound(prefix, prefix + LAST);

/**
 * @param {import('idb').IDBPObjectStore<unknown, string[], any, 'readwrite'>} store
 * @param {Change} change
 * @returns {Promise<unknown>}
 */
function apply(store, change) {
  if (change.type === 'put') {
    return store.put(change.value, change.key);
  }
  if (change.type === 'delete') {
    return store.delete(change.key);
  }
  if (!change.prefix) {
    throw new TypeError('delete-prefix needs a prefix');
  }
  return store.delete(rangeOf(change.prefix));
}
