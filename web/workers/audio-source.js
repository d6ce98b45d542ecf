/**
 * A recording as mono samples, read forward, decoded as it is asked for.
 *
 * For the engine, decoding always starts at the beginning of the file: what is heard at a sample
 * must not depend on where the reading began, or an interrupted run would end in other words. The
 * player may begin elsewhere.
 */

import * as t from '../app/strings/platform-errors.js';
import { SAMPLE_RATE_HZ } from '../generated/constants.js';
import { Clock, isCutOff, startOf } from './clock.js';
import { mix, only } from './downmix.js';
import { PlatformError } from './errors.js';
import { PatchedBytes } from './file-bytes.js';
import { inspect, word } from './headers.js';
import { MediaDecoder } from './media-decoder.js';
import { Timeline } from './timeline.js';

/** @import { FileBytes } from './file-bytes.js' */
/** @import { Frame } from './media-decoder.js' */

/** The worker answers messages at least this often while it decodes. */
const TURN_MS = 200;
/** First bytes of formats that are known, so that a file which cannot be opened is damaged. */
const KNOWN = new Set(['RIFF', 'RF64', 'OggS', 'fLaC', 'FORM', 'caff', '.snd', 'riff', '\x1aEß£']);

/** Containers whose packets have times that do not depend on those before. */
const SEEKABLE = /^(mov|mp3$|aac$|flac$|wav$|w64$|aiff$|caf$|au$|asf$)/;
/** What a decoder needs before the place that is wanted. */
const LEAD_S = 0.5;
/** Behind a jump the first packets may lack what they refer to. */
const DAMAGED_MAX = 20;

/** @typedef {ReturnType<MediaDecoder['track']>} Track */

/** Made by `openAudio`. */
export class AudioSource {
  /**
   * @param {MediaDecoder} decoder With a track chosen.
   * @param {Track} track
   * @param {Track[]} tracks
   * @param {boolean} isMissing The header promises more than the file has.
   * @param {number} rateHz Of the samples that are read.
   * @param {number} channel The only one that is read; -1: all, mixed.
   */
  constructor(decoder, track, tracks, isMissing, rateHz, channel) {
    const { container, startS, durationS } = decoder;
    this.decoder = decoder;
    this.rateHz = rateHz;
    this.channel = channel;
    /** Channels of the latest piece; 0 before anything was read. */
    this.channels = 0;
    this.codec = track.codec;
    this.container = container;
    this.trackCount = tracks.length;
    this.tracks = JSON.stringify(tracks.map(nameOf));
    /** As the container tells or as it is estimated; undefined where there is neither. */
    this.durationS = durationS > 0 ? durationS : undefined;
    /** What the file must have; NaN where it is not told. */
    this.promisedS = decoder.isEstimated ? Number.NaN : track.durationS || durationS;
    /** An edit may end inside a frame. */
    this.editEndS = container.startsWith('mov') ? this.promisedS : Number.NaN;
    this.baseS = startOf(container, track.codec, startS, track.rateHz || SAMPLE_RATE_HZ);
    const resampler = (/** @type {number} */ fromHz) => decoder.resampler(fromHz, rateHz);
    this.timeline = new Timeline(new Clock(container), resampler);
    /** @type {[mono: Float32Array, rateHz: number, atS: number] | undefined} Behind an edit. */
    this.pending = undefined;
    this.isMissing = isMissing;
    this.ended = false;
    /** The file ends before it should; known at the end. */
    this.brokenOff = false;
  }

  /** Where the sound ended; undefined until then. */
  get endsS() {
    return this.ended ? this.timeline.end / this.rateHz : undefined;
  }

  /** Seconds of silence put in, of sound cut and of clocks set anew, to keep to the file's times. */
  get movedS() {
    return this.timeline.movedS + Math.abs(this.timeline.clock.shiftS);
  }

  /**
   * Begin at another time, before anything was read.
   *
   * @param {number} timeS
   * @returns {boolean} Whether the file can be read from there, at times that its beginning
   *   confirms. If not, nothing may be read.
   */
  startAt(timeS) {
    const from = Math.max(0, timeS - LEAD_S);
    if (!SEEKABLE.test(this.container) || this.decoder.seek(from + this.baseS) < 0) {
      return false;
    }
    let frame = this.decoder.next();
    for (let count = 0; frame === 'damaged' && count < DAMAGED_MAX; count++) {
      frame = this.decoder.next();
    }
    const atS = frame && frame !== 'damaged' ? frame.timeS - this.baseS : Number.NaN;
    if (!(atS <= timeS) || !frame || frame === 'damaged') {
      return false;
    }
    this.timeline.startAt(Math.max(0, atS), this.rateHz);
    this.add(frame);
    return true;
  }

  /**
   * @param {number} start Never before the largest `start` so far.
   * @param {number} stop
   * @returns {Promise<Float32Array>} Fewer at the end.
   */
  async read(start, stop) {
    let turn = performance.now();
    while (this.timeline.end < stop && !this.ended) {
      this.pump();
      this.timeline.dropBefore(start);
      if (performance.now() - turn > TURN_MS) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        turn = performance.now();
      }
    }
    this.timeline.dropBefore(start);
    return this.timeline.take(start, stop);
  }

  /** Decode one more piece. */
  pump() {
    try {
      const frame = this.decoder.next();
      if (frame === null) {
        this.finish();
      } else if (frame !== 'damaged') {
        this.add(frame);
      }
    } catch (error) {
      throw error instanceof DOMException || error instanceof PlatformError
        ? error
        : damaged(error);
    }
  }

  /** @param {Frame} frame */
  add(frame) {
    const { rateHz } = frame;
    const atS = frame.timeS - this.baseS;
    const { planes, places } = frame;
    this.channels = planes.length;
    let mono = this.channel < 0 ? mix(planes, places) : only(planes, this.channel);
    if (this.pending) {
      // More frames mean that the length was wrong.
      this.timeline.add(...this.pending);
      this.pending = undefined;
    }
    const keep = Math.round((this.editEndS - atS) * rateHz);
    if (keep > 0 && keep < mono.length) {
      this.pending = [mono.subarray(keep), rateHz, atS + keep / rateHz];
      mono = mono.subarray(0, keep);
    }
    this.timeline.add(mono, rateHz, atS);
  }

  finish() {
    this.timeline.finish();
    this.ended = true;
    if (!this.timeline.end) {
      throw damaged(undefined);
    }
    const { furthestS, isBroken } = this.decoder;
    const reachesS = Math.max(this.timeline.end / this.rateHz, furthestS - this.baseS || 0);
    this.brokenOff = this.isMissing || isBroken || isCutOff(this.promisedS, reachesS);
  }

  /** Free the decoder's memory and the file. */
  close() {
    this.ended = true;
    this.decoder = /** @type {any} */ (null);
  }
}

/**
 * @param {FileBytes} file
 * @param {number} trackIndex 0: the default track; the others keep the file's order.
 * @param {WebAssembly.Module} decoders
 * @param {object} [how]
 * @param {string} [how.container] FFmpeg's name of what to try if the content is not identified.
 * @param {number} [how.channel] The only one to read; -1: all, mixed.
 * @param {(trackHz: number) => number} [how.rateOf] The rate to read at, for a track's own (0: unknown).
 * @returns {AudioSource}
 */
export function openAudio(
  file,
  trackIndex,
  decoders,
  { container = '', channel = -1, rateOf = () => SAMPLE_RATE_HZ } = {},
) {
  const { missing, repaired, replaced = 0 } = inspect(file);
  const bytes = repaired ? new PatchedBytes(file, repaired, replaced) : file;
  let decoder = new MediaDecoder(decoders, bytes);
  let count = decoder.open();
  if (count < 0 && container) {
    decoder = new MediaDecoder(decoders, bytes);
    count = decoder.open(container);
  }
  if (count < 0) {
    throw new PlatformError('MediaError', reasonOf(file), `FFmpeg: ${count}`);
  }
  const tracks = inOrder(Array.from({ length: count }, (_, number) => decoder.track(number)));
  const track = tracks[trackIndex];
  if (!track) {
    throw new PlatformError('MediaError', count ? t.noSuchTrack(trackIndex + 1) : t.noSound);
  }
  // In MP4 every track tells its own length, and the picture need not be read.
  const error = decoder.select(track.number, decoder.container.startsWith('mov'));
  if (error < 0) {
    throw new PlatformError('MediaError', t.codecUnknown(codecOf(track)), `FFmpeg: ${error}`);
  }
  return new AudioSource(decoder, track, tracks, missing, rateOf(track.rateHz), channel);
}

/**
 * @param {Track[]} tracks In the file's order.
 * @returns {Track[]} The default one first, if it can be decoded; the others keep their order.
 */
function inOrder(tracks) {
  const usable = tracks.filter((track) => track.isDecodable);
  const main = usable.find((track) => track.isDefault) ?? usable[0] ?? tracks[0];
  return main ? [main, ...tracks.filter((track) => track !== main)] : [];
}

/** @param {FileBytes} file Why it could not be opened. */
function reasonOf(file) {
  if (word(file, 4) === 'ftyp') {
    return lacksIndex(file) ? t.indexMissing : t.beginningDamaged;
  }
  return KNOWN.has(word(file, 0)) ? t.beginningDamaged : t.formatUnknown;
}

/**
 * Cameras and recorders write the index of an MP4 last: one that was cut off has none.
 *
 * @param {FileBytes} file
 */
function lacksIndex(file) {
  for (let at = 0; at + 8 <= file.size; ) {
    const bytes = file.read(at, 16);
    const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let size = head.getUint32(0);
    if (size === 1 && bytes.length === 16) {
      size = Number(head.getBigUint64(8));
    } else if (size === 0) {
      size = file.size - at; // To the end of the file.
    }
    if (word(file, at + 4) === 'moov') {
      return at + size > file.size;
    }
    if (size < 8) {
      return true;
    }
    at += size;
  }
  return true;
}

/** @param {Track} track */
function nameOf(track) {
  return [track.title, languageName(track.language), codecOf(track)].filter(Boolean).join(' · ');
}

/** @param {Track} track */
function codecOf({ codec }) {
  return codec === 'none' ? '' : codec;
}

/** @param {string} code As the container has it: ISO 639-2, or anything. */
function languageName(code) {
  try {
    return !code || code === 'und'
      ? ''
      : new Intl.DisplayNames(['en'], { type: 'language' }).of(code);
  } catch {
    return code;
  }
}

/** @param {unknown} error */
function damaged(error) {
  return new PlatformError('MediaError', t.soundDamaged, error);
}
