/**
 * A recording as 16 kHz mono samples, read forward, decoded by the browser as it is asked for.
 *
 * Decoding always starts at the beginning of the file: what is heard at a sample must not depend on
 * where the reading began, or an interrupted run would end in other words.
 */

import {
  ALL_FORMATS,
  AudioSampleSink,
  Input,
  Mp3InputFormat,
  UnsupportedInputFormatError,
} from 'mediabunny';
import * as t from '../app/strings/platform-errors.js';
import { SAMPLE_RATE_HZ } from '../generated/constants.js';
import {
  lacksIndex,
  mp3TellsLength,
  oggCodec,
  wavPromiseS,
  wholePages,
} from './container-probe.js';
import { monoOf } from './downmix.js';
import { describe, PlatformError } from './errors.js';
import { sourceOf } from './pcm-source.js';
import { Timeline } from './timeline.js';

/** Damaged places to step over before the rest is given up. */
const DAMAGE_MAX = 100;
const SKIP_S = 0.1;

/**
 * Samples that come out of the decoder before the recording begins, in files that have no clock to
 * say so: what the usual encoder (LAME) and every decoder add to MP3, and one frame of AAC.
 *
 * @type {Record<string, number>}
 */
const PRIMING = { MP3: 576 + 529, ADTS: 1024 };

/** @typedef {import('mediabunny').InputAudioTrack} Track */

/** Made by `openAudio`. */
export class AudioSource {
  /**
   * @param {Input} input
   * @param {Track} track
   * @param {string[]} tracks
   * @param {number | undefined} durationS
   * @param {number} baseS Time of the recording's start on the container's own clock.
   * @param {boolean} guessed The length is not the container's word.
   */
  constructor(input, track, tracks, durationS, baseS, guessed) {
    this.input = input;
    this.sink = new AudioSampleSink(track);
    this.tracks = JSON.stringify(tracks);
    /** As the container tells; undefined where it does not. */
    this.durationS = durationS;
    this.guessed = guessed;
    this.baseS = baseS;
    this.timeline = new Timeline();
    this.samples = this.sink.samples();
    this.decodedS = -1;
    this.damages = 0;
    this.ended = false;
    /** The rest was given up for its damage. */
    this.brokenOff = false;
  }

  /** Where the sound ended; undefined until then, and where it ended well before a mere guess. */
  get endsS() {
    return this.ended && (this.brokenOff || !this.guessed)
      ? this.timeline.end / SAMPLE_RATE_HZ
      : undefined;
  }

  /**
   * @param {number} start Never before the largest `start` so far.
   * @param {number} stop
   * @returns {Promise<Float32Array>} Fewer at the end.
   */
  async read(start, stop) {
    while (this.timeline.end < stop && !this.ended) {
      await this.pump();
      this.timeline.dropBefore(start);
    }
    this.timeline.dropBefore(start);
    return this.timeline.take(start, stop);
  }

  /** Decode one more piece. */
  async pump() {
    /** @type {IteratorResult<import('mediabunny').AudioSample, void>} */
    let next;
    try {
      next = await this.samples.next();
    } catch (error) {
      await this.stepOver(error);
      return;
    }
    if (next.done) {
      this.ended = true;
      this.timeline.finish();
      if (!this.timeline.end) {
        throw damaged(undefined);
      }
      return;
    }
    const sample = next.value;
    try {
      const atS = sample.timestamp - this.baseS;
      this.timeline.add(monoOf(sample), sample.sampleRate, atS);
      this.decodedS = sample.timestamp + sample.duration;
    } finally {
      sample.close();
    }
  }

  /** @param {unknown} error What the decoder said; go on behind the damaged place. */
  async stepOver(error) {
    this.damages++;
    if (this.decodedS < 0) {
      throw damaged(error);
    }
    if (this.damages > DAMAGE_MAX) {
      this.ended = true;
      this.brokenOff = true;
      this.timeline.finish();
      return;
    }
    this.decodedS += SKIP_S;
    this.samples = this.sink.samples(this.decodedS);
  }

  /** Free the decoder, what it has decoded ahead, and the file. */
  close() {
    this.ended = true;
    void this.samples.return();
    this.input.dispose();
  }
}

/**
 * @param {Blob} blob
 * @param {number} trackIndex 0: the main track; others in the file's order.
 * @returns {Promise<AudioSource>}
 */
export async function openAudio(blob, trackIndex) {
  const whole = await wholePages(blob);
  const input = new Input({ formats: ALL_FORMATS, source: await sourceOf(whole) });
  try {
    const tracks = await audioTracks(input);
    const track = tracks[trackIndex];
    if (!track) {
      throw tracks.length ? noSuchTrack(trackIndex) : await withoutSound(blob);
    }
    await assertDecodable(track);
    const primingS = (PRIMING[(await input.getFormat()).name] ?? 0) / (await track.getSampleRate());
    const baseS = Math.max(0, await input.getFirstTimestamp()) + primingS;
    const durationS = (await wavPromiseS(blob)) ?? (await durationOf(track));
    const names = await Promise.all(tracks.map(nameOf));
    const mp3 = (await input.getFormat()) instanceof Mp3InputFormat;
    const guessed = mp3 && !(await mp3TellsLength(blob));
    const lengthS = durationS && durationS - baseS;
    const audio = new AudioSource(input, track, names, lengthS, baseS, guessed);
    audio.brokenOff = whole !== blob;
    return audio;
  } catch (error) {
    input.dispose();
    throw error instanceof PlatformError ? error : unreadable(error);
  }
}

/** @param {number} trackIndex */
function noSuchTrack(trackIndex) {
  return new PlatformError('MediaError', t.noSuchTrack(trackIndex + 1));
}

/**
 * Why no track was found in a file of a known format.
 *
 * @param {Blob} blob
 */
async function withoutSound(blob) {
  const codec = await oggCodec(blob);
  if (codec) {
    return unknownCodec(codec);
  }
  if (await lacksIndex(blob)) {
    return new PlatformError('MediaError', t.indexMissing);
  }
  return new PlatformError('MediaError', t.noSound);
}

/**
 * @param {Input} input
 * @returns {Promise<Track[]>} The main track first.
 */
async function audioTracks(input) {
  const all = await input.getAudioTracks();
  const main = await input.getPrimaryAudioTrack();
  return main ? [main, ...all.filter((track) => track !== main)] : all;
}

/** @param {Track} track */
async function assertDecodable(track) {
  const codec = await track.getCodec();
  if (codec && (await track.canDecode())) {
    return;
  }
  if (!globalThis.AudioDecoder) {
    throw new PlatformError('MediaError', t.noDecoder);
  }
  throw unknownCodec(codec ?? internalName(await track.getInternalCodecId()));
}

/** @param {string | number | Uint8Array | null} id */
function internalName(id) {
  return typeof id === 'string' ? id.trim() : typeof id === 'number' ? `type ${id}` : '';
}

/**
 * @param {Track} track
 * @returns {Promise<number | undefined>} undefined where a damaged file does not tell.
 */
async function durationOf(track) {
  try {
    const seconds = (await track.getDurationFromMetadata()) ?? (await track.computeDuration());
    return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
  } catch (error) {
    console.warn(`The recording does not tell its length: ${describe(error)}`);
    return undefined;
  }
}

/** @param {Track} track */
async function nameOf(track) {
  const [name, language, codec] = await Promise.all([
    track.getName(),
    track.getLanguageCode(),
    track.getCodec(),
  ]);
  return [name, languageName(language), codec].filter(Boolean).join(' · ');
}

/** @param {string} code As the container has it: ISO 639-2, or anything. */
function languageName(code) {
  try {
    return code === 'und' ? '' : new Intl.DisplayNames(['en'], { type: 'language' }).of(code);
  } catch {
    return code;
  }
}

/**
 * @param {string} name Empty where it is not known.
 * @param {unknown} [error]
 */
function unknownCodec(name, error) {
  return new PlatformError('MediaError', t.codecUnknown(name), error);
}

/** @param {unknown} error */
function unreadable(error) {
  const codec = /unsupported wave codec \((.*?)\)/i.exec(describe(error));
  if (codec) {
    return unknownCodec(codec[1], error);
  }
  const foreign = error instanceof UnsupportedInputFormatError;
  return new PlatformError('MediaError', foreign ? t.formatUnknown : t.beginningDamaged, error);
}

/** @param {unknown} error */
function damaged(error) {
  return new PlatformError('MediaError', t.soundDamaged, error);
}
