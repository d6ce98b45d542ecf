/** Whether an MP3 has one bit rate throughout, so that a time in it is a position. */

/** @import { FileBytes } from './file-bytes.js' */

import { behindId3, word } from './headers.js';

const HEADER_BYTES = 4;
/** kbit/s by the index in a frame's header; 0 and 15 are not usable here. */
const RATES_1_KBPS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
const RATES_2_KBPS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];
const SAMPLE_RATES_HZ = [44_100, 48_000, 32_000, 0];
/** Version bits -> division of the sample rate: MPEG 2.5, none, MPEG 2, MPEG 1. */
const DIVISORS = [4, 0, 2, 1];
const MPEG_1 = 3;
const LAYER_3 = 1;
const MONO = 3;
/** Of the tag ID3v1, which is the last of a file. */
const ID3V1_BYTES = 128;
/** Of an APE tag's header and of its footer, which has the same form. */
const APE_BYTES = 32;

/**
 * @typedef {object} FrameHeader
 * @property {number} kbps
 * @property {number} rateHz
 * @property {number} bytes Of the frame, header included.
 * @property {number} tableAt Where a table of contents would begin.
 */

/**
 * @param {FileBytes} file
 * @returns {boolean} Frames of one bit rate and nothing else; no table tells another length.
 */
export function hasConstantBitRate(file) {
  let at = behindId3(file);
  let promised = 0;
  const first = frameAt(file, at);
  if (first) {
    const name = word(file, at + first.tableAt);
    if (name === 'Xing' || word(file, at + HEADER_BYTES + 32) === 'VBRI') {
      return false;
    }
    if (name === 'Info') {
      promised = framesIn(file, at + first.tableAt);
      at += first.bytes;
    }
  }
  const common = frameAt(file, at);
  let frames = 0;
  for (let frame = common; frame; frame = frameAt(file, at)) {
    if (frame.kbps !== common?.kbps || frame.rateHz !== common.rateHz) {
      return false;
    }
    frames++;
    at += frame.bytes;
  }
  const isWhole = behindTags(file, at) >= file.size;
  return frames > 1 && isWhole && (!promised || Math.abs(promised - frames) <= 1);
}

/**
 * @param {FileBytes} file
 * @param {number} at Where the last frame ends.
 * @returns {number} Where the tags at the end of a file end.
 */
function behindTags(file, at) {
  if (word(file, at) === 'APET') {
    const head = file.read(at, APE_BYTES);
    const bytes =
      head.length < APE_BYTES ? 0 : new DataView(head.buffer, head.byteOffset).getUint32(12, true);
    return behindTags(file, at + APE_BYTES + bytes);
  }
  return word(file, at).startsWith('TAG') ? at + ID3V1_BYTES : at;
}

/**
 * @param {FileBytes} file
 * @param {number} at
 * @returns {FrameHeader | undefined} Undefined where no frame of MP3 begins.
 */
function frameAt(file, at) {
  const bytes = file.read(at, HEADER_BYTES);
  if (bytes.length < HEADER_BYTES || bytes[0] !== 0xff || bytes[1] < 0xe0) {
    return undefined;
  }
  const version = (bytes[1] >> 3) & 3;
  const isFirst = version === MPEG_1;
  const kbps = (isFirst ? RATES_1_KBPS : RATES_2_KBPS)[bytes[2] >> 4];
  const rateHz = SAMPLE_RATES_HZ[(bytes[2] >> 2) & 3] / DIVISORS[version];
  if (((bytes[1] >> 1) & 3) !== LAYER_3 || !kbps || !Number.isFinite(rateHz) || !rateHz) {
    return undefined;
  }
  const isMono = bytes[3] >> 6 === MONO;
  const side = isFirst ? (isMono ? 17 : 32) : isMono ? 9 : 17;
  const padding = (bytes[2] >> 1) & 1;
  return {
    kbps,
    rateHz,
    bytes: Math.floor(((isFirst ? 144 : 72) * kbps * 1000) / rateHz) + padding,
    tableAt: HEADER_BYTES + side,
  };
}

/**
 * @param {FileBytes} file
 * @param {number} at Of a table of contents.
 * @returns {number} How many frames it tells of; 0 where it does not.
 */
function framesIn(file, at) {
  const table = file.read(at, 12);
  if (table.length < 12 || !(table[7] & 1)) {
    return 0;
  }
  return new DataView(table.buffer, table.byteOffset).getUint32(8);
}
