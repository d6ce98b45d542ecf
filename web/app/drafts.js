/**
 * What is typed and not saved yet, in a database of the page's own: Python may be busy or gone
 * while somebody types. A draft is deleted when the library has written the correction.
 */
/** @import { RetypedText } from '../generated/messages' */
import { openDB } from 'idb';

const DATABASE = 'earwitness-drafts';
const TABLE = 'drafts';

/**
 * @typedef {object} Draft a typed paragraph
 * @property {string} key
 * @property {string} transcript_id
 * @property {number} revision of the text that the user saw
 * @property {RetypedText} paragraph
 */

/** @type {Promise<import('idb').IDBPDatabase> | null} */
let opening = null;

function database() {
  opening ??= openDB(DATABASE, 1, {
    upgrade: (made) => void made.createObjectStore(TABLE, { keyPath: 'key' }),
    terminated: forget,
    blocking: (_current, _blocked, event) => {
      /** @type {IDBDatabase} */ (event.target).close();
      forget();
    },
  });
  opening.catch(forget);
  return opening;
}

function forget() {
  opening = null;
}

/** @param {Draft} draft @returns {Promise<void>} when it is on the disk */
export async function writeDraft(draft) {
  const { store, done } = (await database()).transaction(TABLE, 'readwrite', {
    durability: 'strict',
  });
  await Promise.all([store.put(draft), done]);
}

/** @param {string} key */
export async function deleteDraft(key) {
  await (await database()).delete(TABLE, key);
}

/** @param {string} key @returns {Promise<Draft | undefined>} as it is now; undefined: it is gone */
export const readDraft = async (key) => (await database()).get(TABLE, key);

/** @returns {Promise<Draft[]>} of all tabs and earlier visits */
export const allDrafts = async () => (await database()).getAll(TABLE);

/**
 * Name a draft as one that a tab still types, until the returned function is called or the tab ends.
 * @param {string} key
 * @returns {() => void}
 */
export function claimDraft(key) {
  let release = () => {};
  const held = new Promise((resolve) => {
    release = () => resolve(undefined);
  });
  void navigator.locks?.request(lockOf(key), () => held);
  return release;
}

/**
 * Do something with a draft that no tab types any more.
 * @param {string} key
 * @param {() => Promise<void>} work
 */
export async function withForgotten(key, work) {
  await navigator.locks?.request(lockOf(key), { ifAvailable: true }, async (lock) => {
    if (lock) await work();
  });
}

/** @param {string} key */
const lockOf = (key) => `earwitness-draft-${key}`;
