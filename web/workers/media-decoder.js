/**
 * Demuxers and audio decoders: FFmpeg as WebAssembly (web/vendor/ffmpeg-audio). One instance reads
 * one recording; its memory is freed with it.
 */

import * as t from '../app/strings/platform-errors.js';
import { PlatformError } from './errors.js';

/** @import { FileBytes } from './file-bytes.js' */

/** What `reader.c` returns for a packet that cannot be decoded. */
const DAMAGED = -1;
/** What WASI returns for a call that is not there. */
const NOT_SUPPORTED = 52;

/** @type {Map<string, Promise<WebAssembly.Module>>} */
const loaded = new Map();

/**
 * @param {string} url
 * @returns {Promise<WebAssembly.Module>} The decoders, fetched and compiled once.
 */
export function loadDecoders(url) {
  let module = loaded.get(url);
  if (!module) {
    module = fetchModule(url);
    loaded.set(url, module);
    module.catch(() => loaded.delete(url));
  }
  return module;
}

/** @param {string} url */
async function fetchModule(url) {
  try {
    const response = await fetch(url);
    if (!response.ok) {
      throw new TypeError(`${url}: status ${response.status}`);
    }
    // A host may not know the type of WebAssembly, which streaming needs.
    const copy = response.clone();
    return await WebAssembly.compileStreaming(response).catch(async () =>
      WebAssembly.compile(await copy.arrayBuffer()),
    );
  } catch (error) {
    throw new PlatformError('ModelError', t.decodersNotLoaded, error);
  }
}

/** A recording that is being read. */
export class MediaDecoder {
  /**
   * @param {WebAssembly.Module} module
   * @param {FileBytes} file
   */
  constructor(module, file) {
    this.file = file;
    /** @type {unknown} Why the file could not be read. */
    this.failure = undefined;
    this.wasm = /** @type {any} */ (new WebAssembly.Instance(module, this.imports(module)).exports);
    this.wasm._initialize();
  }

  /**
   * @param {string} [name] FFmpeg's name of the container, for one without a header.
   * @returns {number} Audio tracks, or FFmpeg's error.
   */
  open(name = '') {
    const bytes = new TextEncoder().encode(`${name}\0`);
    const at = this.wasm.reader_allocate(bytes.length);
    new Uint8Array(this.memory, at, bytes.length).set(bytes);
    return this.call(() => this.wasm.reader_open(this.file.size, at));
  }

  /** FFmpeg's name, as `mov,mp4,m4a,3gp,3g2,mj2`. */
  get container() {
    return this.text(this.wasm.container_name());
  }

  /** When the earliest stream starts; NaN where it is not known. */
  get startS() {
    return this.wasm.container_start();
  }

  /** As told or estimated; NaN where it is not known. */
  get durationS() {
    return this.wasm.container_duration();
  }

  /** Whether FFmpeg has estimated the length. */
  get isEstimated() {
    return Boolean(this.wasm.container_is_estimated());
  }

  /** How far any packet that was read reaches, on the container's clock. */
  get furthestS() {
    return this.wasm.furthest_time();
  }

  /** Whether the file could not be read to its end. */
  get isBroken() {
    return Boolean(this.wasm.reader_is_broken());
  }

  /** @param {number} number In the file's order, from 0. */
  track(number) {
    const { wasm } = this;
    return {
      number,
      codec: this.text(wasm.track_codec(number)),
      title: this.text(wasm.track_title(number)),
      language: this.text(wasm.track_language(number)),
      isDefault: Boolean(wasm.track_is_default(number)),
      isDecodable: Boolean(wasm.track_is_decodable(number)),
      durationS: /** @type {number} */ (wasm.track_duration(number)),
      rateHz: /** @type {number} */ (wasm.track_rate(number)),
    };
  }

  /**
   * Choose the track to decode.
   *
   * @param {number} number
   * @param {boolean} skipOthers Do not read the other streams where the container allows it.
   * @returns {number} 0, or FFmpeg's error.
   */
  select(number, skipOthers) {
    return this.call(() => this.wasm.reader_select(number, skipOthers ? 1 : 0));
  }

  /**
   * Decode the next frame.
   *
   * @returns {Frame | 'damaged' | null} null at the end.
   */
  next() {
    const { wasm } = this;
    const samples = this.call(() => wasm.reader_next());
    if (samples === 0) {
      return null;
    }
    if (samples === DAMAGED) {
      return 'damaged';
    }
    if (samples < 0) {
      throw new RangeError(`FFmpeg: ${samples}`);
    }
    const channels = Array.from({ length: wasm.frame_channels() }, (_, channel) => channel);
    const planes = wasm.frame_planes();
    return {
      timeS: wasm.frame_time(),
      rateHz: wasm.frame_rate(),
      places: channels.map((channel) => wasm.frame_place(channel)),
      planes: channels.map(
        (channel) => new Float32Array(this.memory, planes + 4 * channel * samples, samples),
      ),
    };
  }

  /**
   * Go to the last place at or before a time from which decoding can begin.
   *
   * @param {number} timeS On the container's clock.
   * @returns {number} 0, or FFmpeg's error.
   */
  seek(timeS) {
    return this.call(() => this.wasm.reader_seek(timeS));
  }

  /**
   * @param {number} fromHz
   * @param {number} toHz
   */
  resampler(fromHz, toHz) {
    return new Resampler(this, fromHz, toHz);
  }

  get memory() {
    return this.wasm.memory.buffer;
  }

  /** @param {number} at Of a string that ends with 0. */
  text(at) {
    const bytes = new Uint8Array(this.memory, at);
    return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
  }

  /**
   * @param {() => number} work
   * @returns {number}
   */
  call(work) {
    const result = work();
    if (this.failure) {
      throw this.failure;
    }
    return result;
  }

  /** @param {WebAssembly.Module} module */
  imports(module) {
    /** @type {Record<string, Record<string, Function>>} */
    const imports = {};
    for (const { module: room, name } of WebAssembly.Module.imports(module)) {
      imports[room] ??= {};
      imports[room][name] = () => NOT_SUPPORTED;
    }
    imports.env.read_file = (
      /** @type {number} */ position,
      /** @type {number} */ into,
      /** @type {number} */ size,
    ) => {
      try {
        const bytes = this.file.read(position, size);
        new Uint8Array(this.memory, into, bytes.length).set(bytes);
        return bytes.length;
      } catch (error) {
        this.failure = error;
        return -1;
      }
    };
    return imports;
  }
}

/**
 * @typedef {object} Frame
 * @property {number} timeS On the container's clock; NaN where the file has no times.
 * @property {number} rateHz
 * @property {number[]} places FFmpeg's number of each channel's place.
 * @property {Float32Array[]} planes One a channel, valid until the next call.
 */

/** One stream of mono samples at another rate. A decoder has one at a time. */
export class Resampler {
  /**
   * @param {MediaDecoder} decoder
   * @param {number} fromHz
   * @param {number} toHz
   */
  constructor(decoder, fromHz, toHz) {
    this.decoder = decoder;
    this.isNeeded = fromHz !== toHz;
    this.input = 0;
    this.room = 0;
    if (this.isNeeded && decoder.wasm.resampler_open(fromHz, toHz) < 0) {
      throw new RangeError(`FFmpeg resamples no ${fromHz} Hz`);
    }
  }

  /**
   * @param {Float32Array} samples
   * @returns {Float32Array} What can be told by now.
   */
  push(samples) {
    if (!this.isNeeded) {
      return samples;
    }
    const { wasm } = this.decoder;
    if (samples.length > this.room) {
      wasm.reader_free(this.input);
      this.input = wasm.reader_allocate(4 * samples.length);
      this.room = samples.length;
    }
    new Float32Array(this.decoder.memory, this.input, samples.length).set(samples);
    return this.output(wasm.resampler_push(this.input, samples.length));
  }

  /** @returns {Float32Array} The rest. */
  finish() {
    if (!this.isNeeded) {
      return new Float32Array(0);
    }
    const rest = this.output(this.decoder.wasm.resampler_push(0, 0));
    this.decoder.wasm.reader_free(this.input);
    return rest;
  }

  /** @param {number} count */
  output(count) {
    if (count < 0) {
      throw new RangeError(`FFmpeg: ${count}`);
    }
    const at = this.decoder.wasm.resampler_output();
    return new Float32Array(this.decoder.memory, at, count).slice();
  }
}
