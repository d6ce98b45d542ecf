/**
 * Headers of uncompressed recordings whose sizes are wrong. server/earwitness_server/media/headers.py
 * is its twin.
 *
 * Recorders write the sizes last; one that was cut off leaves 0, or what an earlier part had. FFmpeg
 * believes sizes that are too small, and refuses some that are missing.
 */

/** @import { FileBytes } from './file-bytes.js' */

const ID3_BYTES = 10;
const CHUNKS_MAX = 1000;
/** Programs that do not know a size yet write nothing smaller. */
const UNKNOWN_32 = 0x7fff0000;
const UNKNOWN_64 = 2 ** 62;
const FULL_32 = 0xffffffff;
/** Chunks after the sound, also where the last of them is cut off. */
const KNOWN = new Set([
  'LIST',
  'id3 ',
  'ID3 ',
  'bext',
  'cue ',
  'fact',
  'JUNK',
  'PAD ',
  'iXML',
  '_PMX',
]);
/** Chunks that continue the sound. */
const JOINED = new Set(['RIFF', 'RF64', 'data', 'FORM', 'caff']);
const W64_SUFFIX = 'f3acd3118cd100c04f8edb8a';
const OGG_PAGE_MAX_BYTES = 65_307;
/** The last of them: how many lengths follow. */
const OGG_HEADER_BYTES = 27;

/**
 * @typedef {object} Header
 * @property {boolean} missing The header promises more sound than the file has.
 * @property {Uint8Array} [repaired] A header in the place of the file's first `replaced` bytes.
 * @property {number} [replaced]
 */

/**
 * @param {FileBytes} file
 * @returns {Header} What its header says; other formats: nothing.
 */
export function inspect(file) {
  const at = behindId3(file);
  const inspector = INSPECTORS[word(file, at)];
  try {
    return inspector?.(file, at) ?? { missing: false };
  } catch (error) {
    if (error instanceof RangeError) {
      return { missing: false }; // The header ends before it is whole.
    }
    throw error;
  }
}

/**
 * @param {FileBytes} file
 * @returns {number} The first position behind a tag (ID3v2) at the file's beginning; 0 without one.
 */
export function behindId3(file) {
  const tag = file.read(0, ID3_BYTES);
  if (word(file, 0).slice(0, 3) !== 'ID3' || tag.length < ID3_BYTES) {
    return 0;
  }
  return ID3_BYTES + [...tag.slice(6)].reduce((size, byte) => size * 128 + (byte & 127), 0);
}

/**
 * How many bytes of sound there are, and whether some are missing.
 *
 * @param {number} claimed What the header says.
 * @param {number} rest What the file has from there on.
 * @param {number} unknown A claim from here on, if the file does not bear it out, says nothing.
 * @param {() => boolean} endsThere Whether the sound ends where the header says.
 */
function extent(claimed, rest, unknown, endsThere) {
  if (claimed > rest) {
    return { bytes: rest, missing: claimed < unknown };
  }
  return { bytes: claimed && endsThere() ? claimed : rest, missing: false };
}

/**
 * @param {FileBytes} file
 * @param {number} riff
 * @returns {Header | undefined}
 */
function wav(file, riff) {
  if (word(file, riff + 8) !== 'WAVE') {
    return undefined;
  }
  let layout = new Uint8Array(0);
  let longBytes = 0;
  let aligned = true;
  let at = riff + 12;
  let claimed = 0;
  for (let count = 0; ; count++) {
    claimed = view(file, at + 4, 4).getUint32(0, true);
    const name = word(file, at);
    if (name === 'data') {
      break;
    }
    if (name === 'fmt ') {
      layout = file.read(at + 8, Math.min(claimed, 4096)).slice();
    } else if (name === 'ds64') {
      longBytes = Number(view(file, at + 16, 8).getBigUint64(0, true));
    }
    let following = at + 8 + claimed + (claimed % 2);
    if (claimed % 2 && !isName(word(file, following)) && isName(word(file, following - 1))) {
      following--;
      aligned = false;
    }
    at = following;
    if (count >= CHUNKS_MAX) {
      return undefined;
    }
  }
  if (!layout.length) {
    return undefined;
  }
  const isLong = word(file, riff) !== 'RIFF' && claimed === FULL_32;
  const told = isLong ? longBytes : claimed;
  const start = at + 8;
  const end = start + told;
  const { bytes, missing } = extent(told, file.size - start, isLong ? UNKNOWN_64 : UNKNOWN_32, () =>
    onlyChunksFollow(file, end + (end % 2), true),
  );
  if (aligned && !riff && (bytes === told || missing)) {
    return { missing };
  }
  return { missing, repaired: wavHeader(layout, bytes), replaced: start };
}

/**
 * @param {Uint8Array} layout The chunk `fmt `.
 * @param {number} bytes Of sound.
 */
function wavHeader(layout, bytes) {
  const padded = layout.length + (layout.length % 2);
  const whole = 12 + padded + 8 + bytes;
  const isLong = whole >= FULL_32;
  const head = new Uint8Array((isLong ? 36 : 0) + 20 + padded + 8);
  const out = new DataView(head.buffer);
  let at = 0;
  const put = (/** @type {string} */ name, /** @type {number} */ size) => {
    head.set(new TextEncoder().encode(name), at);
    out.setUint32(at + 4, size, true);
    at += 8;
  };
  put(isLong ? 'RF64' : 'RIFF', isLong ? FULL_32 : whole);
  head.set(new TextEncoder().encode('WAVE'), at);
  at += 4;
  if (isLong) {
    put('ds64', 28);
    out.setBigUint64(at, BigInt(whole + 36), true);
    out.setBigUint64(at + 8, BigInt(bytes), true);
    at += 28;
  }
  put('fmt ', layout.length);
  head.set(layout, at);
  at += padded;
  put('data', isLong ? FULL_32 : bytes);
  return head;
}

/**
 * @param {FileBytes} file
 * @returns {Header | undefined}
 */
function wave64(file) {
  let at = 40;
  for (let count = 0; word(file, at) !== 'data'; count++) {
    if (count >= CHUNKS_MAX) {
      return undefined;
    }
    const bytes = Number(view(file, at + 16, 8).getBigUint64(0, true));
    at += Math.max(24, Math.ceil(bytes / 8) * 8);
  }
  const start = at + 24;
  const rest = file.size - start;
  const claimed = Math.max(0, Number(view(file, at + 16, 8).getBigUint64(0, true)) - 24);
  const following = start + Math.ceil(claimed / 8) * 8;
  const { bytes, missing } = extent(
    claimed,
    rest,
    UNKNOWN_64,
    () => rest - claimed < 24 || hex(file.read(following + 4, 12)) === W64_SUFFIX,
  );
  const whole = Number(view(file, 16, 8).getBigUint64(0, true));
  if ((bytes === claimed || missing) && whole >= 40 && whole < UNKNOWN_64) {
    return { missing };
  }
  const head = copy(file, 0, start);
  const out = new DataView(head.buffer);
  out.setBigUint64(16, BigInt(start + bytes), true);
  out.setBigUint64(at + 16, BigInt(24 + bytes), true);
  return { missing, repaired: head, replaced: start };
}

/**
 * @param {FileBytes} file
 * @param {number} form
 * @returns {Header | undefined}
 */
function aiff(file, form) {
  const kind = word(file, form + 8);
  if (kind !== 'AIFF' && kind !== 'AIFC') {
    return undefined;
  }
  let at = form + 12;
  let common = 0;
  for (let count = 0; word(file, at) !== 'SSND'; count++) {
    if (count >= CHUNKS_MAX) {
      return undefined;
    }
    if (word(file, at) === 'COMM') {
      common = at + 8;
    }
    const bytes = view(file, at + 4, 4).getUint32(0);
    at += 8 + bytes + (bytes % 2);
  }
  if (!common) {
    return undefined;
  }
  const start = at + 16;
  const claimed = Math.max(0, view(file, at + 4, 4).getUint32(0) - 8);
  const end = start + claimed;
  const { bytes, missing } = extent(claimed, file.size - start, UNKNOWN_32, () =>
    onlyChunksFollow(file, end + (end % 2), false),
  );
  const frames = view(file, common + 2, 4).getUint32(0);
  if ((bytes === claimed || missing) && frames) {
    return { missing };
  }
  const head = copy(file, form, start);
  const out = new DataView(head.buffer);
  out.setUint32(4, Math.min(start - form - 8 + bytes, FULL_32));
  out.setUint32(common - form + 2, 0); // FFmpeg reads on to the end.
  out.setUint32(at - form + 4, Math.min(bytes + 8, FULL_32));
  return { missing, repaired: head, replaced: start };
}

/**
 * @param {FileBytes} file
 * @returns {Header}
 */
function au(file) {
  const start = view(file, 4, 4).getUint32(0);
  const claimed = view(file, 8, 4).getUint32(0);
  if (claimed) {
    return { missing: file.size - start < claimed && claimed < UNKNOWN_32 };
  }
  const head = copy(file, 0, 12);
  new DataView(head.buffer).setUint32(8, FULL_32);
  return { missing: false, repaired: head, replaced: 12 };
}

/**
 * @param {FileBytes} file
 * @returns {Header | undefined}
 */
function caf(file) {
  let at = 8;
  for (let count = 0; word(file, at) !== 'data'; count++) {
    if (count >= CHUNKS_MAX) {
      return undefined;
    }
    at += 12 + Math.max(0, Number(view(file, at + 4, 8).getBigInt64(0)));
  }
  const start = at + 12;
  const rest = file.size - start;
  const claimed = Number(view(file, at + 4, 8).getBigInt64(0));
  if (claimed < 0) {
    return { missing: false };
  }
  const { bytes, missing } = extent(
    claimed,
    rest,
    UNKNOWN_64,
    () => rest - claimed < 12 || isName(word(file, start + claimed)),
  );
  if (bytes === claimed || missing) {
    return { missing };
  }
  const head = copy(file, 0, start);
  new DataView(head.buffer).setBigInt64(at + 4, -1n);
  return { missing, repaired: head, replaced: start };
}

/**
 * An Ogg file whose last page is cut off.
 *
 * @param {FileBytes} file
 * @returns {Header}
 */
function ogg(file) {
  const from = Math.max(0, file.size - OGG_PAGE_MAX_BYTES);
  const tail = copy(file, from, file.size);
  let at = tail.length - 4;
  while (at >= 0 && latin(tail.subarray(at, at + 4)) !== 'OggS') {
    at--;
  }
  if (at < 0) {
    return { missing: false };
  }
  const segments = tail[at + OGG_HEADER_BYTES - 1] ?? 0;
  const lengths = tail.subarray(at + OGG_HEADER_BYTES, at + OGG_HEADER_BYTES + segments);
  const bytes = lengths.reduce((sum, length) => sum + length, 0);
  return { missing: at + OGG_HEADER_BYTES + segments + bytes > tail.length };
}

/**
 * Whether nothing but chunks follows, none of which continues the sound.
 *
 * @param {FileBytes} file
 * @param {number} from
 * @param {boolean} little
 */
function onlyChunksFollow(file, from, little) {
  let at = from;
  for (let count = 0; count < CHUNKS_MAX; count++) {
    if (file.size - at < 8) {
      return true;
    }
    const name = word(file, at);
    const bytes = view(file, at + 4, 4).getUint32(0, little);
    if (KNOWN.has(name)) {
      return true;
    }
    if (JOINED.has(name) || !isName(name) || at + 8 + bytes > file.size) {
      return false;
    }
    at += 8 + bytes + (bytes % 2);
  }
  return false;
}

/** @type {Record<string, (file: FileBytes, at: number) => Header | undefined>} */
const INSPECTORS = {
  RIFF: wav,
  RF64: wav,
  BW64: wav,
  riff: wave64,
  FORM: aiff,
  '.snd': au,
  caff: caf,
  OggS: ogg,
};

/**
 * @param {FileBytes} file
 * @param {number} at
 * @returns {string} Four characters, fewer at the end.
 */
export function word(file, at) {
  return latin(file.read(at, 4));
}

/** @param {Uint8Array} bytes */
function latin(bytes) {
  return String.fromCharCode(...bytes);
}

/** @param {string} name */
function isName(name) {
  return /^[ -~]{4}$/.test(name);
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * @param {FileBytes} file
 * @param {number} at
 * @param {number} size
 * @throws {RangeError} The file ends before.
 */
function view(file, at, size) {
  const bytes = file.read(at, size);
  if (bytes.length < size) {
    throw new RangeError('The file ends before.');
  }
  return new DataView(bytes.buffer, bytes.byteOffset, size);
}

/**
 * @param {FileBytes} file
 * @param {number} from
 * @param {number} to
 * @returns {Uint8Array}
 */
function copy(file, from, to) {
  const all = new Uint8Array(to - from);
  for (let at = from; at < to; ) {
    const piece = file.read(at, to - at);
    if (!piece.length) {
      break;
    }
    all.set(piece, at - from);
    at += piece.length;
  }
  return all;
}
