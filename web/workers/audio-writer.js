/**
 * The sound of a recording, or parts of it, as a file of its own: decoded as it is heard for the
 * transcript, encoded by the browser, and written piece by piece, so that memory stays flat.
 */

import {
  AudioSample,
  AudioSampleSource,
  Mp4OutputFormat,
  OggOutputFormat,
  Output,
  StreamTarget,
  WavOutputFormat,
} from 'mediabunny';
import { writeAll } from './opfs.js';

/** @import { AudioFormat } from '../generated/messages' */
/** @import { AudioSource } from './audio-source.js' */

/** Samples are read and encoded in steps of this. */
const STEP_S = 10;
const BITS_A_SECOND = 96_000;
const OPUS_HZ = 48_000;
const CD_HZ = 44_100;
/** A browser encodes no more; recordings with more are mixed to one. */
const ENCODED_CHANNELS_MAX = 2;
const LOUDEST = 32_768;
/** Above this a WAV needs 64-bit sizes. */
const WAV_BYTES_MAX = 4_000_000_000;

/**
 * @typedef {readonly [fromS: number, toS: number]} Span Seconds of the recording.
 * @typedef {{ rateHz: number, channel: number }} Choice What is read: a rate (0: the track's own) and
 *   a channel (-1: all, mixed).
 *
 * @typedef {object} Cut
 * @property {AudioFormat} format `wav` has 16 bits a sample, and the recording's own rate and channels.
 * @property {readonly Span[]} [parts] In order, one behind the other in the file; none: all of it.
 * @property {readonly Span[]} [silent] What must not be heard.
 * @property {(atS: number) => void} [progress] Called with how much of the recording has been read.
 * @property {AbortSignal} [signal]
 */

/**
 * Write the file.
 *
 * @param {(choice: Choice) => Promise<AudioSource>} open Opens the recording, at the rate and of the
 *   channel that are chosen; called several times.
 * @param {FileSystemSyncAccessHandle} access Empty; stays open.
 * @param {Cut} cut
 * @returns {Promise<number>} Seconds written.
 * @throws {PlatformError} The recording cannot be decoded.
 * @throws {DOMException} `QuotaExceededError`: the file does not fit; or the signal's reason.
 */
export async function writeAudio(open, access, cut) {
  const { format, parts = [[0, Number.POSITIVE_INFINITY]], silent = [], progress, signal } = cut;
  const { rateHz, channels, durationS } = await look(open, format);
  const output = new Output({
    format: container(format, 2 * channels.length * rateHz * durationS),
    target: new StreamTarget(writable(access), { chunked: true, chunkSize: 1 << 20 }),
  });
  const encoder = new AudioSampleSource(encoding(format));
  output.addAudioTrack(encoder);
  await output.start();
  let written = 0;
  const reader = new Reader(open, channels, rateHz);
  try {
    for (const [fromS, toS] of parts) {
      await reader.goTo(fromS);
      const [first, end] = [Math.floor(fromS * rateHz), Math.ceil(toS * rateHz)];
      const step = STEP_S * rateHz;
      for (let at = first; at < end; at += step) {
        // What was sent to the worker meanwhile comes in.
        await new Promise((resolve) => setTimeout(resolve, 0));
        signal?.throwIfAborted();
        const planes = await reader.read(at, Math.min(end, at + step));
        const count = planes[0].length;
        if (count) {
          silence(planes, at / rateHz, rateHz, silent);
          const sample = sampleOf(planes, format, rateHz, written / rateHz);
          await encoder.add(sample);
          sample.close();
          written += count;
          progress?.((at + count) / rateHz);
        }
        if (count < Math.min(end - at, step)) {
          break;
        }
      }
    }
    await output.finalize();
  } catch (error) {
    await output.cancel().catch(() => undefined);
    throw error;
  } finally {
    reader.close();
  }
  return written / rateHz;
}

/** Reads the same stretch of all channels. */
class Reader {
  /**
   * @param {(choice: Choice) => Promise<AudioSource>} open
   * @param {readonly number[]} channels
   * @param {number} rateHz
   */
  constructor(open, channels, rateHz) {
    this.open = open;
    this.channels = channels;
    this.rateHz = rateHz;
    /** @type {AudioSource[]} One a channel. */
    this.sources = [];
  }

  /**
   * Jump where the file allows it. Where not, it is read on, or from its beginning.
   *
   * @param {number} fromS Not before the last place.
   */
  async goTo(fromS) {
    const jumped = await this.opened();
    if (fromS && jumped.every((source) => source.startAt(fromS))) {
      this.replace(jumped);
      return;
    }
    closeAll(jumped);
    if (!this.sources.length) {
      this.replace(await this.opened());
    }
  }

  opened() {
    const { channels, rateHz } = this;
    return Promise.all(channels.map((channel) => this.open({ rateHz, channel })));
  }

  /** @param {AudioSource[]} sources */
  replace(sources) {
    closeAll(this.sources);
    this.sources = sources;
  }

  /**
   * @param {number} start
   * @param {number} stop
   * @returns {Promise<Float32Array[]>} One a channel, of the same length.
   */
  async read(start, stop) {
    const planes = [];
    for (const source of this.sources) {
      planes.push(await source.read(start, stop));
    }
    return planes;
  }

  close() {
    closeAll(this.sources);
  }
}

/** @param {readonly AudioSource[]} sources */
function closeAll(sources) {
  for (const source of sources) {
    source.close();
  }
}

/**
 * What of the recording is written.
 *
 * @param {(choice: Choice) => Promise<AudioSource>} open
 * @param {AudioFormat} format
 */
async function look(open, format) {
  const source = await open({ rateHz: 0, channel: -1 });
  await source.read(0, 1);
  const { rateHz: ownHz } = source.timeline;
  const { channels: count, durationS = 0 } = source;
  source.close();
  const mixed = format !== 'wav' && count > ENCODED_CHANNELS_MAX;
  const channels = mixed ? [-1] : Array.from({ length: count }, (_, channel) => channel);
  return { rateHz: rateOf(format, ownHz), channels, durationS };
}

/**
 * @param {AudioFormat} format
 * @param {number} ownHz
 */
function rateOf(format, ownHz) {
  if (format === 'wav') {
    return ownHz;
  }
  return format === 'm4a' && ownHz === CD_HZ ? CD_HZ : OPUS_HZ;
}

/**
 * @param {AudioFormat} format
 * @param {number} bytes About as many.
 */
function container(format, bytes) {
  switch (format) {
    case 'wav':
      return new WavOutputFormat({ large: bytes > WAV_BYTES_MAX });
    case 'm4a':
      return new Mp4OutputFormat({ fastStart: false });
    case 'opus':
      return new OggOutputFormat();
  }
}

/** @param {AudioFormat} format @returns {import('mediabunny').AudioEncodingConfig} */
function encoding(format) {
  switch (format) {
    case 'wav':
      return { codec: 'pcm-s16' };
    case 'm4a':
      return { codec: 'aac', bitrate: BITS_A_SECOND };
    case 'opus':
      return { codec: 'opus', bitrate: BITS_A_SECOND };
  }
}

/** @param {FileSystemSyncAccessHandle} access */
function writable(access) {
  return new WritableStream({
    /** @param {{ data: Uint8Array, position: number }} chunk */
    write({ data, position }) {
      writeAll(access, data, position);
    },
  });
}

/**
 * @param {readonly Float32Array[]} planes Changed.
 * @param {number} startS
 * @param {number} rateHz
 * @param {readonly Span[]} silent
 */
function silence(planes, startS, rateHz, silent) {
  for (const [fromS, toS] of silent) {
    const from = Math.max(0, Math.floor((fromS - startS) * rateHz));
    const to = Math.max(0, Math.ceil((toS - startS) * rateHz));
    for (const plane of planes) {
      plane.fill(0, from, to);
    }
  }
}

/**
 * @param {readonly Float32Array[]} planes
 * @param {AudioFormat} format
 * @param {number} rateHz
 * @param {number} timestamp Seconds.
 */
function sampleOf(planes, format, rateHz, timestamp) {
  const numberOfChannels = planes.length;
  const common = { numberOfChannels, sampleRate: rateHz, timestamp };
  if (format === 'wav') {
    return new AudioSample({ ...common, format: 's16', data: interleaved(planes) });
  }
  const count = planes[0].length;
  const data = new Float32Array(count * numberOfChannels);
  for (const [channel, plane] of planes.entries()) {
    data.set(plane, channel * count);
  }
  return new AudioSample({ ...common, format: 'f32-planar', data });
}

/** @param {readonly Float32Array[]} planes @returns {Int16Array} As FFmpeg reads 16 bits, so that they stay the same. */
function interleaved(planes) {
  const samples = new Int16Array(planes[0].length * planes.length);
  for (const [channel, plane] of planes.entries()) {
    for (let index = 0; index < plane.length; index++) {
      const value = Math.round(plane[index] * LOUDEST);
      samples[index * planes.length + channel] = Math.min(value, LOUDEST - 1);
    }
  }
  return samples;
}
