/**
 * Uncompressed recordings in containers that mediabunny does not know: AIFF and AIFF-C, AU, CAF
 * and Wave64. Each is found out to be the same few facts about one run of samples.
 */

const HEAD_BYTES = 64 * 1024;

/**
 * @typedef {object} Pcm
 * @property {'int' | 'float' | 'alaw' | 'ulaw'} kind
 * @property {number} bits A sample.
 * @property {number} channels
 * @property {number} rateHz
 * @property {boolean} bigEndian
 * @property {boolean} signed8 8-bit samples are signed; in WAV they are not.
 * @property {number} start First byte of the samples in the file.
 * @property {number} end
 */

/**
 * @param {Blob} blob
 * @returns {Promise<Pcm | null>} null where it is something else.
 */
export async function readPcm(blob) {
  const head = new DataView(await blob.slice(0, HEAD_BYTES).arrayBuffer());
  const parse = head.byteLength < 24 ? null : PARSERS[text(head, 0)];
  try {
    const pcm = parse?.(head, blob.size);
    return pcm && sane(pcm) ? { ...pcm, end: Math.min(pcm.end, blob.size) } : null;
  } catch (error) {
    if (error instanceof RangeError) {
      return null; // Its header ends before it is whole.
    }
    throw error;
  }
}

/** @type {Record<string, (head: DataView, size: number) => Pcm | null>} */
const PARSERS = { FORM: aiff, '.snd': au, caff: caf, riff: wave64 };

/** @param {Pcm} pcm */
function sane({ kind, bits, channels, rateHz, start, end }) {
  const widths = { int: [8, 16, 24, 32], float: [32, 64], alaw: [8], ulaw: [8] };
  const fits = widths[kind].includes(bits) && Number.isInteger(rateHz);
  return (
    fits && channels > 0 && channels <= 64 && rateHz >= 1000 && rateHz <= 768_000 && end > start
  );
}

/**
 * @param {DataView} head
 * @returns {Pcm | null}
 */
function aiff(head) {
  const form = text(head, 8);
  if (form !== 'AIFF' && form !== 'AIFC') {
    return null;
  }
  /** @type {Partial<Pcm>} */
  let facts = {};
  for (let at = 12; at + 8 <= head.byteLength; ) {
    const size = head.getUint32(at + 4);
    const body = at + 8;
    if (text(head, at) === 'COMM') {
      const codec = form === 'AIFC' ? text(head, body + 18) : 'NONE';
      const known = AIFF_CODECS[codec];
      if (!known) {
        return null;
      }
      const bits = known.bits ?? Math.ceil(head.getUint16(body + 6) / 8) * 8;
      facts = {
        kind: known.kind,
        bits,
        channels: head.getUint16(body),
        rateHz: Math.round(extended(head, body + 8)),
        bigEndian: known.bigEndian,
        signed8: known.kind === 'int',
      };
    } else if (text(head, at) === 'SSND') {
      const start = body + 8 + head.getUint32(body);
      return /** @type {Pcm} */ ({ ...facts, start, end: body + size });
    }
    at = body + size + (size % 2);
  }
  return null;
}

/** @type {Record<string, {kind: Pcm['kind'], bits?: number, bigEndian: boolean}>} */
const AIFF_CODECS = {
  NONE: { kind: 'int', bigEndian: true },
  twos: { kind: 'int', bigEndian: true },
  sowt: { kind: 'int', bigEndian: false },
  fl32: { kind: 'float', bits: 32, bigEndian: true },
  FL32: { kind: 'float', bits: 32, bigEndian: true },
  fl64: { kind: 'float', bits: 64, bigEndian: true },
  alaw: { kind: 'alaw', bits: 8, bigEndian: true },
  ulaw: { kind: 'ulaw', bits: 8, bigEndian: true },
  ALAW: { kind: 'alaw', bits: 8, bigEndian: true },
  ULAW: { kind: 'ulaw', bits: 8, bigEndian: true },
};

/**
 * @param {DataView} head
 * @param {number} fileSize
 * @returns {Pcm | null}
 */
function au(head, fileSize) {
  const coding = AU_CODINGS[head.getUint32(12)];
  if (!coding) {
    return null;
  }
  const [start, size] = [head.getUint32(4), head.getUint32(8)];
  const end = size === 0xffffffff || size === 0 ? fileSize : start + size;
  return {
    kind: coding[0],
    bits: coding[1],
    channels: head.getUint32(20),
    rateHz: head.getUint32(16),
    bigEndian: true,
    signed8: coding[0] === 'int',
    start,
    end,
  };
}

/** @type {Record<number, [Pcm['kind'], number]>} */
const AU_CODINGS = {
  1: ['ulaw', 8],
  2: ['int', 8],
  3: ['int', 16],
  4: ['int', 24],
  5: ['int', 32],
  6: ['float', 32],
  7: ['float', 64],
  27: ['alaw', 8],
};

/**
 * @param {DataView} head
 * @param {number} fileSize
 * @returns {Pcm | null}
 */
function caf(head, fileSize) {
  /** @type {Partial<Pcm>} */
  let facts = {};
  for (let at = 8; at + 12 <= head.byteLength; ) {
    const size = Number(head.getBigInt64(at + 4));
    const body = at + 12;
    if (text(head, at) === 'desc') {
      const format = text(head, body + 8);
      const flags = head.getUint32(body + 12);
      const kind = format === 'lpcm' ? (flags & 1 ? 'float' : 'int') : format;
      if (kind !== 'int' && kind !== 'float' && kind !== 'alaw' && kind !== 'ulaw') {
        return null;
      }
      facts = {
        kind,
        bits: head.getUint32(body + 28) || 8,
        channels: head.getUint32(body + 24),
        rateHz: head.getFloat64(body),
        bigEndian: !(flags & 2),
        signed8: kind === 'int',
      };
    } else if (text(head, at) === 'data') {
      const end = size < 0 ? fileSize : body + size;
      return /** @type {Pcm} */ ({ ...facts, start: body + 4, end });
    }
    at = body + Math.max(0, size);
  }
  return null;
}

/**
 * @param {DataView} head
 * @param {number} fileSize
 * @returns {Pcm | null}
 */
function wave64(head, fileSize) {
  /** @type {Partial<Pcm>} */
  let facts = {};
  for (let at = 40; at + 24 <= head.byteLength; ) {
    const size = Number(head.getBigUint64(at + 16, true));
    const body = at + 24;
    if (text(head, at) === 'fmt ') {
      const tag = head.getUint16(body, true);
      const kind = WAVE_TAGS[tag === 0xfffe ? head.getUint16(body + 24, true) : tag];
      if (!kind) {
        return null;
      }
      facts = {
        kind,
        bits: head.getUint16(body + 14, true),
        channels: head.getUint16(body + 2, true),
        rateHz: head.getUint32(body + 4, true),
        bigEndian: false,
        signed8: false,
      };
    } else if (text(head, at) === 'data') {
      const end = size > 24 ? at + size : fileSize;
      return /** @type {Pcm} */ ({ ...facts, start: body, end });
    }
    at += Math.max(24, Math.ceil(size / 8) * 8);
  }
  return null;
}

/** @type {Record<number, Pcm['kind']>} */
const WAVE_TAGS = { 1: 'int', 3: 'float', 6: 'alaw', 7: 'ulaw' };

/**
 * @param {DataView} head
 * @param {number} at
 */
function text(head, at) {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => head.getUint8(at + index)));
}

/**
 * An 80-bit extended float, as AIFF writes its rate.
 *
 * @param {DataView} head
 * @param {number} at
 */
function extended(head, at) {
  const exponent = (head.getUint16(at) & 0x7fff) - 16383 - 63;
  return Number(head.getBigUint64(at + 2)) * 2 ** exponent;
}
