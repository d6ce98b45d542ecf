/**
 * A backup behind a passphrase: the file is encrypted in pieces, so that its length does not matter
 * for the memory. Without the passphrase nobody can read it, and nobody can get the passphrase back.
 *
 * Layout: `EARWSEAL`, a version, the rounds of PBKDF2 (4 bytes), a salt (16 bytes), the length of a
 * piece (4 bytes); then the pieces, each AES-256-GCM with a tag of 16 bytes. The number of a piece is
 * its nonce: the salt, and with it the key, is new for each file. The header and whether a piece is
 * the last one are authenticated, so that no piece can be left out, moved or cut off.
 */

const MAGIC = 'EARWSEAL';
const VERSION = 1;
/** As OWASP recommends for SHA-256. */
const ROUNDS = 600_000;
const SALT_BYTES = 16;
const HEADER_BYTES = MAGIC.length + 1 + 4 + SALT_BYTES + 4;
const PIECE_BYTES = 1 << 20;
const PIECE_MAX_BYTES = 1 << 26;
const ROUNDS_MAX = 10_000_000;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;

/** The file was sealed with another passphrase, or was changed. */
export class SealError extends Error {}

/** @param {Blob} file @returns {Promise<boolean>} */
export const isSealed = async (file) => (await file.slice(0, MAGIC.length).text()) === MAGIC;

/**
 * @param {Blob} file
 * @param {string} passphrase
 * @returns {Promise<Blob>} the sealed file
 */
export async function seal(file, passphrase) {
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  header.set(new TextEncoder().encode(MAGIC));
  header[MAGIC.length] = VERSION;
  view.setUint32(MAGIC.length + 1, ROUNDS);
  crypto.getRandomValues(header.subarray(MAGIC.length + 5, MAGIC.length + 5 + SALT_BYTES));
  view.setUint32(HEADER_BYTES - 4, PIECE_BYTES);
  const key = await keyOf(passphrase, header);
  // The browser may move each part out of the memory.
  const parts = [new Blob([header])];
  const count = Math.max(1, Math.ceil(file.size / PIECE_BYTES));
  for (let index = 0; index < count; index += 1) {
    const plain = await file.slice(index * PIECE_BYTES, (index + 1) * PIECE_BYTES).arrayBuffer();
    const how = parameters(header, index, index === count - 1);
    parts.push(new Blob([await crypto.subtle.encrypt(how, key, plain)]));
  }
  return new Blob(parts);
}

/**
 * @param {Blob} sealed
 * @param {string} passphrase
 * @returns {Promise<Blob>} the file; rejects with a `SealError`
 */
export async function unseal(sealed, passphrase) {
  const header = new Uint8Array(await sealed.slice(0, HEADER_BYTES).arrayBuffer());
  if (header.length < HEADER_BYTES || header[MAGIC.length] !== VERSION) throw new SealError();
  const view = new DataView(header.buffer);
  const piece_bytes = view.getUint32(HEADER_BYTES - 4);
  const rounds = view.getUint32(MAGIC.length + 1);
  if (!piece_bytes || piece_bytes > PIECE_MAX_BYTES || !rounds || rounds > ROUNDS_MAX) {
    throw new SealError();
  }
  const key = await keyOf(passphrase, header);
  const step = piece_bytes + TAG_BYTES;
  const count = Math.max(1, Math.ceil((sealed.size - HEADER_BYTES) / step));
  const parts = [];
  for (let index = 0; index < count; index += 1) {
    const at = HEADER_BYTES + index * step;
    const piece = await sealed.slice(at, at + step).arrayBuffer();
    const how = parameters(header, index, index === count - 1);
    try {
      parts.push(new Blob([await crypto.subtle.decrypt(how, key, piece)]));
    } catch {
      throw new SealError();
    }
  }
  return new Blob(parts);
}

/**
 * @param {Uint8Array} header
 * @param {number} index of the piece
 * @param {boolean} last
 */
function parameters(header, index, last) {
  const nonce = new Uint8Array(NONCE_BYTES);
  new DataView(nonce.buffer).setUint32(NONCE_BYTES - 4, index);
  const additionalData = new Uint8Array([...header, last ? 1 : 0]);
  return { name: 'AES-GCM', iv: nonce, additionalData, tagLength: TAG_BYTES * 8 };
}

/** @param {string} passphrase @param {Uint8Array} header */
async function keyOf(passphrase, header) {
  const text = new TextEncoder().encode(passphrase.normalize('NFC'));
  const base = await crypto.subtle.importKey('raw', text, 'PBKDF2', false, ['deriveKey']);
  const iterations = new DataView(header.buffer).getUint32(MAGIC.length + 1);
  const salt = header.slice(MAGIC.length + 5, MAGIC.length + 5 + SALT_BYTES);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  const kind = { name: 'AES-GCM', length: 256 };
  return crypto.subtle.deriveKey(how, base, kind, false, ['encrypt', 'decrypt']);
}
