/** What a file's own bytes say about it where the demuxer stays silent. */

const HEAD_BYTES = 64 * 1024;
/** First bytes of an Ogg stream's first packet -> its codec. */
const OGG_CODECS = { 'Speex   ': 'Speex', '\x7fFLAC': 'FLAC in Ogg', 'CELT    ': 'CELT' };
/** The last of them: how many lengths follow. */
const OGG_HEADER_BYTES = 27;
const OGG_PAGE_MAX_BYTES = 65_307;
const ID3_HEADER_BYTES = 10;
/** A frame's header, its side information, and the sign: more than enough. */
const FIRST_FRAME_BYTES = 4096;
/** What programs write that do not know the length yet is no smaller. */
const WAV_UNKNOWN_BYTES = 0x7fff0000;

/**
 * @param {Blob} blob
 * @returns {Promise<string>} An Ogg file's audio codec that no browser decodes; empty: none.
 */
export async function oggCodec(blob) {
  const head = await latin(blob, 0, HEAD_BYTES);
  for (let at = head.indexOf('OggS'); at >= 0; at = head.indexOf('OggS', at + 1)) {
    const segments = head.charCodeAt(at + OGG_HEADER_BYTES - 1);
    const packet = head.slice(at + OGG_HEADER_BYTES + segments);
    for (const [sign, codec] of Object.entries(OGG_CODECS)) {
      if (packet.startsWith(sign)) {
        return codec;
      }
    }
  }
  return '';
}

/**
 * @param {Blob} blob
 * @returns {Promise<Blob>} An Ogg file without a last page that was cut off; any other as it is.
 */
export async function wholePages(blob) {
  if ((await latin(blob, 0, 4)) !== 'OggS') {
    return blob;
  }
  const from = Math.max(0, blob.size - OGG_PAGE_MAX_BYTES);
  const tail = await latin(blob, from, blob.size);
  const at = tail.lastIndexOf('OggS');
  const lengths = tail.slice(at + OGG_HEADER_BYTES).slice(0, tail.charCodeAt(at + 26));
  const bytes = [...lengths].reduce((sum, length) => sum + length.charCodeAt(0), 0);
  const whole = at + OGG_HEADER_BYTES + tail.charCodeAt(at + 26) + bytes <= tail.length;
  return at < 0 || whole ? blob : blob.slice(0, from + at, blob.type);
}

/**
 * Cameras and recorders write the index of an MP4 last: one that was cut off has none.
 *
 * @param {Blob} blob
 */
export async function lacksIndex(blob) {
  if ((await latin(blob, 4, 8)) !== 'ftyp') {
    return false;
  }
  for (let at = 0; at + 8 <= blob.size; ) {
    const head = new DataView(await blob.slice(at, at + 16).arrayBuffer());
    const kind = await latin(blob, at + 4, at + 8);
    let bytes = head.getUint32(0);
    if (bytes === 1 && head.byteLength === 16) {
      bytes = Number(head.getBigUint64(8));
    } else if (bytes === 0) {
      bytes = blob.size - at; // To the end of the file.
    }
    if (kind === 'moov') {
      return at + bytes > blob.size;
    }
    if (bytes < 8) {
      return true;
    }
    at += bytes;
  }
  return true;
}

/**
 * An MP3 without this sign tells no length: it is guessed from the file's size.
 *
 * @param {Blob} blob
 */
export async function mp3TellsLength(blob) {
  const tag = new Uint8Array(await blob.slice(0, ID3_HEADER_BYTES).arrayBuffer());
  let at = 0;
  if (String.fromCharCode(...tag.slice(0, 3)) === 'ID3') {
    at = ID3_HEADER_BYTES + tag.slice(6).reduce((size, byte) => size * 128 + (byte & 127), 0);
  }
  return /Xing|Info/.test(await latin(blob, at, at + FIRST_FRAME_BYTES));
}

/**
 * @param {Blob} blob
 * @returns {Promise<number | undefined>} Seconds that a WAV's header promises, when the file is too
 *   short for them.
 */
export async function wavPromiseS(blob) {
  const head = new DataView(await blob.slice(0, HEAD_BYTES).arrayBuffer());
  const word = (/** @type {number} */ at) =>
    String.fromCharCode(...new Uint8Array(head.buffer, at, 4));
  if (head.byteLength < 12 || word(0) !== 'RIFF' || word(8) !== 'WAVE') {
    return undefined;
  }
  let bytesPerSecond = 0;
  for (let at = 12; at + 20 <= head.byteLength; ) {
    const bytes = head.getUint32(at + 4, true);
    if (word(at) === 'fmt ') {
      bytesPerSecond = head.getUint32(at + 16, true);
    } else if (word(at) === 'data') {
      const cut = bytes < WAV_UNKNOWN_BYTES && at + 8 + bytes > blob.size;
      return cut && bytesPerSecond ? bytes / bytesPerSecond : undefined;
    }
    at += 8 + bytes + (bytes % 2);
  }
  return undefined;
}

/**
 * @param {Blob} blob
 * @param {number} from
 * @param {number} to
 * @returns {Promise<string>} A character for each byte.
 */
async function latin(blob, from, to) {
  const bytes = new Uint8Array(await blob.slice(from, to).arrayBuffer());
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}
