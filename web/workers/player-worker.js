/**
 * Prepares one recording at a time for the player: decides whether the browser's own player is exact
 * for it, computes its peaks, and where it is not exact, writes a copy that is.
 *
 * The page sends `PlayerRequest`s and gets `PlayerEvent`s with the same `run`.
 */

/** @import { ErrorView } from '../generated/messages' */
/** @import { AudioSource } from './audio-source.js' */
/** @import { PlayerFacts } from './player-files.js' */

import { PlatformError, viewOf } from './errors.js';
import { playsExactly, wasExact } from './exactness.js';
import { BlobBytes } from './file-bytes.js';
import * as audioStore from './opfs-audio.js';
import { Peaks } from './peaks.js';
import * as playerFiles from './player-files.js';
import { openStored } from './stored-audio.js';

/** Speech has nothing above the half of this that helps to understand it. */
const RATE_MAX_HZ = 24_000;
const RATE_MIN_HZ = 8000;
/** Samples are read in steps of this, and the first piece is as short. */
const STEP_S = 10;
const PIECE_STEPS = 6;
/** Of what is played before the copy gets there. */
const STRETCH_S = 30;
/** The copy itself is there sooner than a jump would be. */
const NEAR_S = 30;
const LOUDEST = 32_767;

/**
 * @typedef {object} OpenRequest
 * @property {number} run Counted up by the page.
 * @property {string} id
 * @property {string} path As in `StoredAudio.path`.
 * @property {number} track
 * @property {string} container See `openAudio`.
 * @property {number} lengthS As it was heard; 0: not known yet.
 * @property {string} base The page's base address.
 *
 * @typedef {{ type: 'open' } & OpenRequest
 *   | { type: 'want', run: number, timeS: number }
 *   | { type: 'copy', run: number }
 *   | { type: 'close' }} PlayerRequest `want`: play from there, also before the copy gets there.
 *   `copy`: the browser's own player was found not to be exact.
 *
 * @typedef {{ type: 'exact' }
 *   | { type: 'copying', rateHz: number, lengthS: number }
 *   | { type: 'piece', file: Blob }
 *   | { type: 'stretch', startS: number, samples: Blob }
 *   | { type: 'prepared', exact: boolean, lengthS: number, peaks: Uint8Array }
 *   | { type: 'failed', error: ErrorView }} PlayerNews `copying`: pieces follow, from the start;
 *   those that came before do not count any more. The length is 0 where it is not known yet.
 *
 * @typedef {PlayerNews & { run: number }} PlayerEvent
 */

/** The page went on to another recording. */
class ClosedError extends Error {}

class Preparation {
  /** @param {OpenRequest} request */
  constructor(request) {
    this.request = request;
    this.isClosed = false;
    this.isRunning = false;
    this.isCopyWanted = false;
    /** @type {number | null} */
    this.wantedS = null;
  }

  async run() {
    const { id } = this.request;
    this.isRunning = true;
    try {
      const isReady = await this.restore();
      if (!isReady) {
        // Two tabs would write the same files.
        await navigator.locks.request(`earwitness-player-${id}`, async () => {
          if (!(await this.restore())) {
            await this.prepare();
          }
        });
      }
    } catch (error) {
      await this.fail(error);
    } finally {
      this.isRunning = false;
    }
  }

  /** The browser's own player was found not to be exact. */
  wantCopy() {
    this.isCopyWanted = true;
    // Otherwise the run that goes on ends with a copy.
    if (!this.isRunning) {
      this.run();
    }
  }

  /** @param {unknown} error */
  async fail(error) {
    if (error instanceof ClosedError) {
      return;
    }
    const isGone = error instanceof PlatformError && error.kind === 'NotFoundError';
    const isFull = error instanceof PlatformError && error.kind === 'StorageError';
    if (isGone || isFull) {
      // Half a copy is of no use.
      await playerFiles.remove(this.request.id).catch(() => undefined);
    }
    this.tell({ type: 'failed', error: viewOf(error) });
  }

  /** @returns {Promise<boolean>} Whether an earlier preparation has left everything. */
  async restore() {
    const { id, path } = this.request;
    await audioStore.open(path);
    const kept = await playerFiles.read(id);
    if (!kept || this.isCopyWanted) {
      return false;
    }
    const { facts, peaks, pieces } = kept;
    if (!facts.exact && !pieces.length) {
      return false;
    }
    if (facts.exact) {
      this.tell({ type: 'exact' });
    } else {
      this.tell({ type: 'copying', rateHz: facts.rateHz, lengthS: facts.lengthS });
      for (const file of pieces) {
        this.tell({ type: 'piece', file });
      }
    }
    this.tell({ type: 'prepared', exact: facts.exact, lengthS: facts.lengthS, peaks });
    await playerFiles.finish(id, { ...facts, usedMs: Date.now() });
    return true;
  }

  async prepare() {
    const source = await this.open();
    const { container, codec, trackCount: tracks, baseS: startS, promisedS } = source;
    const facts = { container, codec, tracks, startS, durationS: promisedS };
    const bytes = new BlobBytes(await audioStore.open(this.request.path));
    if (this.isCopyWanted || !playsExactly(bytes, facts)) {
      await this.copy(source);
      return;
    }
    this.tell({ type: 'exact' });
    const { lengthS, peaks } = await this.decode(source, async () => {});
    if (this.isCopyWanted || !wasExact(lengthS, source.movedS, promisedS)) {
      await this.copy(await this.open());
      return;
    }
    await this.finish({ exact: true, rateHz: source.rateHz, lengthS, pieces: 0 }, peaks);
  }

  /** @param {AudioSource} source */
  async copy(source) {
    const { id, lengthS: knownS } = this.request;
    const { rateHz, durationS = 0 } = source;
    await playerFiles.remove(id);
    this.tell({ type: 'copying', rateHz, lengthS: knownS || durationS });
    /** @type {Int16Array[]} */
    let steps = [];
    let pieces = 0;
    const write = async () => {
      if (!steps.length) {
        return;
      }
      const file = await this.addPiece(pieces, joined(steps));
      this.tell({ type: 'piece', file });
      pieces++;
      steps = [];
    };
    const { lengthS, peaks } = await this.decode(source, async (samples, atS) => {
      steps.push(toIntegers(samples));
      // The first piece is there soon; later ones are fewer files.
      if (!pieces || steps.length === PIECE_STEPS) {
        await write();
      }
      await this.serveWanted(atS);
    });
    await write();
    await this.finish({ exact: false, rateHz, lengthS, pieces }, peaks);
  }

  /**
   * @param {number} number
   * @param {Int16Array} samples
   */
  async addPiece(number, samples) {
    const { id, path } = this.request;
    const file = await playerFiles.addPiece(id, number, samples);
    // A recording that was deleted meanwhile must not leave a copy.
    await audioStore.open(path);
    return file;
  }

  /**
   * @param {AudioSource} source
   * @param {(samples: Float32Array, endS: number) => Promise<void>} take
   */
  async decode(source, take) {
    const peaks = new Peaks(source.rateHz);
    const step = STEP_S * source.rateHz;
    for (let at = 0; ; at += step) {
      const samples = await this.read(source, at, at + step);
      peaks.add(samples);
      if (samples.length) {
        await take(samples, (at + samples.length) / source.rateHz);
      }
      if (samples.length < step) {
        const lengthS = source.endsS ?? 0;
        source.close();
        return { lengthS, peaks: peaks.take() };
      }
    }
  }

  /**
   * Where the player wants to begin behind what is copied, decode from there first.
   *
   * @param {number} copiedS
   */
  async serveWanted(copiedS) {
    const wantedS = this.wantedS;
    if (wantedS === null) {
      return;
    }
    this.wantedS = null;
    if (wantedS < copiedS + NEAR_S) {
      return;
    }
    const source = await this.open();
    if (source.startAt(wantedS)) {
      const first = Math.floor(wantedS * source.rateHz);
      const samples = await this.read(source, first, first + STRETCH_S * source.rateHz);
      const data = samples.length && new Blob([/** @type {BlobPart} */ (toIntegers(samples))]);
      if (data) {
        this.tell({ type: 'stretch', startS: first / source.rateHz, samples: data });
      }
    }
    source.close();
  }

  /**
   * @param {AudioSource} source
   * @param {number} from
   * @param {number} to
   */
  async read(source, from, to) {
    const samples = await source.read(from, to);
    // What the page sent meanwhile comes in.
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (this.isClosed) {
      source.close();
      throw new ClosedError();
    }
    return samples;
  }

  /**
   * @param {Omit<PlayerFacts, 'usedMs'>} facts
   * @param {Uint8Array} peaks
   */
  async finish(facts, peaks) {
    const { exact, lengthS } = facts;
    // The player can go on even where this is not stored.
    this.tell({ type: 'prepared', exact, lengthS, peaks });
    await playerFiles.finish(this.request.id, { ...facts, usedMs: Date.now() }, peaks);
    await audioStore.open(this.request.path);
  }

  open() {
    const rateOf = (/** @type {number} */ trackHz) =>
      Math.min(RATE_MAX_HZ, Math.max(RATE_MIN_HZ, trackHz || RATE_MAX_HZ));
    return openStored(this.request, { rateOf });
  }

  /** @param {PlayerNews} news */
  tell(news) {
    if (!this.isClosed) {
      postMessage({ ...news, run: this.request.run });
    }
  }
}

/** @param {Float32Array} samples */
function toIntegers(samples) {
  const integers = new Int16Array(samples.length);
  for (let index = 0; index < samples.length; index++) {
    integers[index] = Math.round(samples[index] * LOUDEST);
  }
  return integers;
}

/** @param {Int16Array[]} parts */
function joined(parts) {
  const whole = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @type {Preparation | null} */
let current = null;

addEventListener('message', (/** @type {MessageEvent<PlayerRequest>} */ { data }) => {
  if (data.type === 'open' || data.type === 'close') {
    if (current) {
      current.isClosed = true;
    }
    current = data.type === 'open' ? new Preparation(data) : null;
    current?.run();
  } else if (current?.request.run === data.run) {
    if (data.type === 'want') {
      current.wantedS = data.timeS;
    } else {
      current.wantCopy();
    }
  }
});
