/**
 * Pyodide's memory with everything imported, as the build keeps it: only the pages in use, because
 * half of the memory is empty. Pyodide calls the whole a snapshot; making and loading one is not
 * part of its public interface, so `boot.js` can do without.
 *
 * Numbers are little-endian: the snapshot's length, how many pages follow, the index of each page,
 * the pages.
 */

const PAGE_BYTES = 4096;

/**
 * @param {Uint8Array} snapshot
 * @returns {Uint8Array}
 */
export function pack(snapshot) {
  const used = [];
  for (let page = 0; page * PAGE_BYTES < snapshot.length; page++) {
    if (pageOf(snapshot, page).some((byte) => byte !== 0)) {
      used.push(page);
    }
  }
  const head = new Uint32Array([snapshot.length, used.length, ...used]);
  const packed = new Uint8Array(head.byteLength + used.length * PAGE_BYTES);
  packed.set(new Uint8Array(head.buffer));
  used.forEach((page, index) => {
    packed.set(pageOf(snapshot, page), head.byteLength + index * PAGE_BYTES);
  });
  return packed;
}

/**
 * @param {ArrayBuffer} packed
 * @returns {Uint8Array}
 * @throws {RangeError} It is not as long as it says.
 */
export function unpack(packed) {
  const [bytes, count] = new Uint32Array(packed, 0, 2);
  const used = new Uint32Array(packed, 8, count);
  const pages = new Uint8Array(packed, 8 + used.byteLength, count * PAGE_BYTES);
  const snapshot = new Uint8Array(bytes);
  used.forEach((page, index) => {
    const start = page * PAGE_BYTES;
    const from = index * PAGE_BYTES;
    snapshot.set(pages.subarray(from, from + Math.min(PAGE_BYTES, bytes - start)), start);
  });
  return snapshot;
}

/**
 * @param {Uint8Array} snapshot
 * @param {number} page
 */
function pageOf(snapshot, page) {
  return snapshot.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
}
