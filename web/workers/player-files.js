/**
 * What the player needs beside a recording, in the origin's private file system: a folder
 * `player/<id>` with its peaks and, where the browser cannot play the recording exactly, a copy as
 * pieces of 16-bit samples. All of it can be made again from the recording.
 */

import { storing } from './errors.js';
import { fileIn, folder, removeFrom, writeAll, writer } from './opfs.js';

const FOLDER = 'player';
const FACTS = 'facts.json';
const PEAKS = 'peaks';
const PIECE = /^\d{5}$/;
/** Counted up when what is stored gets another form: what an older page wrote is made again. */
const VERSION = 1;
const LOCK_TRIES = 40;
const LOCK_WAIT_MS = 100;

/**
 * @typedef {object} PlayerFacts
 * @property {boolean} exact The browser plays the recording itself exactly.
 * @property {number} rateHz Of the copy.
 * @property {number} lengthS Of the recording, as it was heard.
 * @property {number} pieces Of the copy; 0: none, or it was deleted to make room.
 * @property {number} usedMs When it was last opened, in milliseconds since 1970.
 */

/**
 * @typedef {object} Prepared
 * @property {PlayerFacts} facts
 * @property {Uint8Array} peaks
 * @property {File[]} pieces All of them, or none.
 */

/**
 * @param {string} id
 * @returns {Promise<Prepared | null>} null where nothing complete is stored.
 */
export async function read(id) {
  const place = await placeOf(id);
  const facts = await factsIn(place);
  const peaks = await fileIn(place, PEAKS);
  if (!facts || !peaks) {
    return null;
  }
  const found = await Promise.all(
    Array.from({ length: facts.pieces }, (_, number) => fileIn(place, nameOf(number))),
  );
  const pieces = found.filter((file) => file !== null);
  return {
    facts,
    peaks: new Uint8Array(await peaks.arrayBuffer()),
    pieces: pieces.length === found.length ? pieces : [],
  };
}

/**
 * @param {string} id
 * @param {PlayerFacts} facts Written last: they say that the rest is complete.
 * @param {Uint8Array} [peaks]
 */
export async function finish(id, facts, peaks) {
  await storing('playback', async () => {
    const place = await placeOf(id);
    if (peaks) {
      await write(place, PEAKS, peaks);
    }
    const text = JSON.stringify({ version: VERSION, ...facts });
    await write(place, FACTS, new TextEncoder().encode(text));
  });
}

/**
 * @param {string} id
 * @param {number} number From 0.
 * @param {Int16Array} samples
 * @returns {Promise<File>} The piece; it is not changed any more.
 */
export async function addPiece(id, number, samples) {
  return storing('playback', async () => {
    const place = await placeOf(id);
    await write(place, nameOf(number), new Uint8Array(samples.buffer, 0, samples.byteLength));
    return /** @type {File} */ (await fileIn(place, nameOf(number)));
  });
}

/**
 * Delete what is stored of a recording; nothing happens where there is nothing.
 *
 * @param {string} id
 */
export async function remove(id) {
  const all = await folder(FOLDER);
  for (let attempt = 1; ; attempt++) {
    try {
      await removeFrom(all, id, true);
      return;
    } catch (error) {
      // Another tab may write a piece at this moment.
      const locked = error instanceof DOMException && error.name === 'NoModificationAllowedError';
      if (!locked || attempt === LOCK_TRIES) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, LOCK_WAIT_MS));
    }
  }
}

/**
 * Delete what is stored of all other recordings.
 *
 * @param {ReadonlySet<string>} ids
 */
export async function removeOthers(ids) {
  for (const name of await names()) {
    if (!ids.has(name)) {
      await remove(name);
    }
  }
}

/**
 * Delete copies, the one that was not used for the longest time first, until something fits.
 *
 * @param {number} bytes
 * @param {string} [keptId] A recording whose copy stays.
 * @throws {DOMException} QuotaExceededError: it does not fit without any copies either.
 */
export async function makeRoom(bytes, keptId = '') {
  if (await fits(bytes)) {
    return;
  }
  const copies = await Promise.all(
    (await names())
      .filter((name) => name !== keptId)
      .map(async (id) => ({ id, usedMs: (await factsIn(await placeOf(id)))?.usedMs ?? 0 })),
  );
  copies.sort((a, b) => a.usedMs - b.usedMs);
  for (const { id } of copies) {
    await removePieces(id);
    if (await fits(bytes)) {
      return;
    }
  }
  throw new DOMException('Larger than what is left of the quota.', 'QuotaExceededError');
}

/** Delete all copies: the browser may need more room for a file than the file's bytes. */
export async function removeCopies() {
  for (const id of await names()) {
    await removePieces(id);
  }
}

/** @param {number} bytes */
async function fits(bytes) {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  return !quota || bytes <= quota - usage;
}

/** @param {string} id */
async function removePieces(id) {
  const place = await placeOf(id);
  for await (const [name] of place.entries()) {
    if (PIECE.test(name)) {
      await removeFrom(place, name);
    }
  }
}

/** @returns {Promise<string[]>} Ids of all recordings of which something is stored. */
async function names() {
  const found = [];
  for await (const [name] of (await folder(FOLDER)).entries()) {
    found.push(name);
  }
  return found;
}

/** @param {string} id */
function placeOf(id) {
  return folder(FOLDER, id);
}

/**
 * @param {FileSystemDirectoryHandle} place
 * @returns {Promise<PlayerFacts | null>}
 */
async function factsIn(place) {
  const file = await fileIn(place, FACTS);
  try {
    const { version, ...facts } = JSON.parse((await file?.text()) || '{}');
    return version === VERSION ? facts : null;
  } catch {
    return null; // The browser ended while it was written.
  }
}

/**
 * @param {FileSystemDirectoryHandle} place
 * @param {string} name
 * @param {Uint8Array} bytes
 */
async function write(place, name, bytes) {
  const access = await writer(place, name);
  try {
    access.truncate(0);
    writeAll(access, bytes, 0);
    access.flush();
  } finally {
    access.close();
  }
}

/** @param {number} number */
function nameOf(number) {
  return String(number).padStart(5, '0');
}
