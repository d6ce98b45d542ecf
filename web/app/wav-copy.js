/** A copy of a recording as the player gets it: pieces of samples behind the header of a WAV. */

const HEADER_BYTES = 44;
const BYTES_A_SAMPLE = 2;
const BITS = 16;

/**
 * A WAV that is not in memory: the browser reads the pieces where they lie.
 * @param {readonly Blob[]} pieces of 16-bit samples of one channel
 * @param {number} rateHz
 * @returns {Blob}
 */
export function wavOf(pieces, rateHz) {
  const bytes = sizeOf(pieces);
  const view = new DataView(new ArrayBuffer(HEADER_BYTES));
  const name = (/** @type {number} */ at, /** @type {string} */ text) => {
    for (let index = 0; index < text.length; index++) {
      view.setUint8(at + index, text.charCodeAt(index));
    }
  };
  name(0, 'RIFF');
  view.setUint32(4, HEADER_BYTES - 8 + bytes, true);
  name(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * BYTES_A_SAMPLE, true);
  view.setUint16(32, BYTES_A_SAMPLE, true);
  view.setUint16(34, BITS, true);
  name(36, 'data');
  view.setUint32(40, bytes, true);
  return new Blob([view.buffer, ...pieces], { type: 'audio/wav' });
}

/**
 * @param {readonly Blob[]} pieces
 * @param {number} rateHz
 * @returns {number} seconds
 */
export const lengthOf = (pieces, rateHz) => sizeOf(pieces) / BYTES_A_SAMPLE / rateHz;

/** @param {readonly Blob[]} pieces */
const sizeOf = (pieces) => pieces.reduce((sum, { size }) => sum + size, 0);
