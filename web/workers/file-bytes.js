/** A recording's bytes, read at once: the decoder cannot wait for a promise. */

const STEP_BYTES = 64 * 1024;
const STEP_MAX_BYTES = 1024 * 1024;

/**
 * @typedef {object} FileBytes
 * @property {number} size
 * @property {(position: number, size: number) => Uint8Array} read Fewer at the end. The bytes may
 *   be overwritten by the next call.
 */

/** @implements {FileBytes} Of a Blob, in a worker. */
export class BlobBytes {
  /** @param {Blob} blob */
  constructor(blob) {
    this.blob = blob;
    this.size = blob.size;
    this.reader = new FileReaderSync();
    this.block = new Uint8Array(0);
    this.blockAt = 0;
    this.step = STEP_BYTES;
  }

  /**
   * @param {number} position
   * @param {number} size
   * @returns {Uint8Array}
   */
  read(position, size) {
    const have = this.blockAt + this.block.length;
    const isHere = position >= this.blockAt && position + size <= have;
    if (!isHere && !(position >= this.blockAt && have === this.size && position < have)) {
      // Whoever reads on gets larger pieces; whoever jumps does not read what is not needed.
      const goesOn = position >= this.blockAt && position <= have && have > 0;
      this.step = goesOn ? Math.min(2 * this.step, STEP_MAX_BYTES) : STEP_BYTES;
      const piece = this.blob.slice(position, position + Math.max(size, this.step));
      this.block = new Uint8Array(this.reader.readAsArrayBuffer(piece));
      this.blockAt = position;
    }
    const from = position - this.blockAt;
    return this.block.subarray(from, from + size);
  }
}

/** @implements {FileBytes} Another header in the place of a file's first bytes. */
export class PatchedBytes {
  /**
   * @param {FileBytes} file
   * @param {Uint8Array} head
   * @param {number} replaced Bytes of the file.
   */
  constructor(file, head, replaced) {
    this.file = file;
    this.head = head;
    this.shift = head.length - replaced;
    this.size = file.size + this.shift;
  }

  /**
   * @param {number} position
   * @param {number} size
   */
  read(position, size) {
    if (position < this.head.length) {
      return this.head.subarray(position, position + size);
    }
    return this.file.read(position - this.shift, size);
  }
}
