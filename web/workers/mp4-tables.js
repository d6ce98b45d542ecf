/** Whether the tables of an MP4 place its sound so plainly that every player agrees about it. */

/** @import { FileBytes } from './file-bytes.js' */

const BOX_BYTES = 8;
const LONG_BOX_BYTES = 16;
const BOXES_MAX = 100_000;
/** Longer tables than this are not read: a plain one has two entries. */
const TABLE_ENTRIES_MAX = 3;
/** What an edit may leave out: an encoder's delay at the start, padding at the end. */
const EDIT_S = 0.1;
const WHOLE_RATE = 0x10000;

/**
 * @typedef {object} Box
 * @property {string} name
 * @property {number} from Of its content.
 * @property {number} to
 */

/**
 * @param {FileBytes} file
 * @returns {boolean} One track of sound from the start, without fragments, holes and cuts.
 */
export function hasPlainTables(file) {
  try {
    return isPlain(file);
  } catch (error) {
    if (error instanceof RangeError) {
      return false; // A box ends before it is whole.
    }
    throw error;
  }
}

/** @param {FileBytes} file */
function isPlain(file) {
  const top = boxes(file, 0, file.size);
  const index = top.find(({ name }) => name === 'moov');
  if (!index || top.some(({ name }) => name === 'moof')) {
    return false;
  }
  const inside = boxes(file, index.from, index.to);
  const header = inside.find(({ name }) => name === 'mvhd');
  if (!header || inside.some(({ name }) => name === 'mvex')) {
    return false;
  }
  const sounds = inside.filter((box) => box.name === 'trak' && kindOf(file, box) === 'soun');
  return sounds.length === 1 && isPlainTrack(file, sounds[0], clockOf(file, header).scale);
}

/**
 * @param {FileBytes} file
 * @param {Box} track
 * @param {number} movieScale Units a second of the whole file.
 */
function isPlainTrack(file, track, movieScale) {
  const header = find(file, track, 'mdia', 'mdhd');
  const times = find(file, track, 'mdia', 'minf', 'stbl', 'stts');
  if (!header || !times) {
    return false;
  }
  const { scale, duration } = clockOf(file, header);
  const edits = find(file, track, 'edts', 'elst');
  return (
    hasEvenTimes(file, times) &&
    (!edits || keepsAll(file, edits, movieScale, scale, duration / scale))
  );
}

/**
 * @param {FileBytes} file
 * @param {Box} times The table of the samples' lengths.
 */
function hasEvenTimes(file, { from, to }) {
  const view = viewAt(file, from, Math.min(to - from, 8 + 8 * TABLE_ENTRIES_MAX));
  const count = view.getUint32(4);
  if (!count || count > TABLE_ENTRIES_MAX) {
    return false;
  }
  const common = view.getUint32(12);
  for (let entry = 1; entry < count; entry++) {
    const delta = view.getUint32(12 + 8 * entry);
    // The last frame may be shorter, or count its padding.
    const isLast = entry === count - 1 && view.getUint32(8 + 8 * entry) === 1;
    if (delta !== common && !(isLast && delta <= 2 * common)) {
      return false;
    }
  }
  return true;
}

/**
 * @param {FileBytes} file
 * @param {Box} edits
 * @param {number} movieScale
 * @param {number} scale
 * @param {number} durationS
 */
function keepsAll(file, { from, to }, movieScale, scale, durationS) {
  const view = viewAt(file, from, Math.min(to - from, 28));
  const isLong = view.getUint8(0) === 1;
  if (view.getUint32(4) !== 1) {
    return false;
  }
  const length = isLong ? Number(view.getBigUint64(8)) : view.getUint32(8);
  const start = isLong ? Number(view.getBigInt64(16)) : view.getInt32(12);
  const rate = view.getInt32(isLong ? 24 : 16);
  const startS = start / scale;
  const leftOutS = durationS - startS - length / movieScale;
  const isWhole = !length || Math.abs(leftOutS) <= EDIT_S;
  return rate === WHOLE_RATE && startS >= 0 && startS <= EDIT_S && isWhole;
}

/**
 * @param {FileBytes} file
 * @param {Box} track
 * @returns {string} `soun`, `vide` …
 */
function kindOf(file, track) {
  const handler = find(file, track, 'mdia', 'hdlr');
  return handler ? nameAt(viewAt(file, handler.from + 8, 4), 0) : '';
}

/**
 * @param {FileBytes} file
 * @param {Box} header `mvhd` or `mdhd`.
 */
function clockOf(file, { from }) {
  const isLong = viewAt(file, from, 1).getUint8(0) === 1;
  const view = viewAt(file, from, isLong ? 32 : 20);
  return {
    scale: view.getUint32(isLong ? 20 : 12) || 1,
    duration: isLong ? Number(view.getBigUint64(24)) : view.getUint32(16),
  };
}

/**
 * @param {FileBytes} file
 * @param {Box} within
 * @param {...string} names Of the box and of those around it, outermost first.
 * @returns {Box | undefined}
 */
function find(file, within, ...names) {
  /** @type {Box | undefined} */
  let box = within;
  for (const wanted of names) {
    box = box && boxes(file, box.from, box.to).find(({ name }) => name === wanted);
  }
  return box;
}

/**
 * @param {FileBytes} file
 * @param {number} from
 * @param {number} to
 * @returns {Box[]}
 */
function boxes(file, from, to) {
  /** @type {Box[]} */
  const found = [];
  for (let at = from; at + BOX_BYTES <= to && found.length < BOXES_MAX; ) {
    const view = viewAt(file, at, BOX_BYTES);
    let bytes = view.getUint32(0);
    const name = nameAt(view, 4);
    let head = BOX_BYTES;
    if (bytes === 1) {
      head = LONG_BOX_BYTES;
      bytes = Number(viewAt(file, at + BOX_BYTES, 8).getBigUint64(0));
    } else if (bytes === 0) {
      bytes = to - at;
    }
    if (bytes < head) {
      throw new RangeError('A box is smaller than its header.');
    }
    found.push({ name, from: at + head, to: Math.min(to, at + bytes) });
    at += bytes;
  }
  return found;
}

/**
 * @param {FileBytes} file
 * @param {number} at
 * @param {number} size
 * @throws {RangeError} The file ends before.
 */
function viewAt(file, at, size) {
  const bytes = file.read(at, size).slice();
  if (bytes.length < size) {
    throw new RangeError('The file ends before.');
  }
  return new DataView(bytes.buffer);
}

/**
 * @param {DataView} view
 * @param {number} at
 */
function nameAt(view, at) {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(at + index)));
}
