/**
 * The one player: kept audio from the origin's private file system. Where the browser plays the
 * recording exactly, its media element gets the recording; otherwise a copy with exact times, which
 * a worker makes piece by piece. What the player does is in the store.
 */
/** @import { PlayerNews } from '../workers/player-worker.js' */
import { library } from './library-client.js';
import { fileAt, recall, remember } from './platform.js';
import { PlayerClient } from './player-client.js';
import { RequestError } from './request-error.js';
import { isSpoken, silenceAt, silencesIn } from './silence.js';
import { store, summaryOf, update } from './store.js';
import { tellError } from './toasts.js';
import { lengthOf, wavOf } from './wav-copy.js';

const SKIP_S = 5;
export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];
/** The names under which the browser keeps what the user chose. */
const SPEED = 'playback-speed';
const SKIP_SILENCE = 'skip-silence';
const SHOW_VIDEO = 'show-video';
/** On a narrower page a picture lies over the text, so it has to be asked for. */
const WIDE = '(width >= 900px)';
/** After a pause as long as this the last words are heard again. */
const PAUSE_MS = 3000;
const REWIND_S = 1.5;
/** A shorter part is a slip of the hand. */
const LOOP_MIN_S = 0.2;
/** More is not exact: see web/workers/exactness.js. */
const EXACT_S = 0.1;
/** What must be there behind a place before it is played. */
const AHEAD_S = 1;

/**
 * @typedef {object} Copy what is there of a copy
 * @property {number} rateHz
 * @property {Blob[]} pieces from the start
 * @property {boolean} complete
 */

class Playback {
  #media = document.createElement('video');
  #client = new PlayerClient();
  #url = '';
  /** Of a recording that may have a picture. */
  #fileUrl = '';
  #frame = 0;
  /** @type {Blob | null} */
  #file = null;
  /** @type {Copy | null} */
  #copy = null;
  /** What of the recording the media element has; without an end: all of it. */
  #start_s = 0;
  #end_s = Number.POSITIVE_INFINITY;
  /** As heard, or as far as it is known. */
  #length_s = 0;
  /** @type {Uint8Array | null} */
  #peaks = null;
  /** @type {ReturnType<typeof silencesIn>} */
  #silences = [];
  /** When the user paused, in milliseconds of the page's clock; 0: they have moved since. */
  #paused_ms = 0;
  /** Where to go on as soon as that place is there. */
  /** @type {{ at_s: number, play: boolean } | null} */
  #wanted = null;
  /** Where to begin once the audio is here: a text may be on show before its audio is. */
  /** @type {{ id: string, at_s: number } | null} */
  #cue = null;

  constructor() {
    const showsVideo = (recall(SHOW_VIDEO) ?? (matchMedia(WIDE).matches ? 'yes' : '')) === 'yes';
    update({ skipsSilence: recall(SKIP_SILENCE) === 'yes', showsVideo });
    this.#media.preload = 'metadata';
    this.#media.playsInline = true;
    this.#media.defaultPlaybackRate = Number(recall(SPEED)) || 1;
    for (const name of ['play', 'pause', 'ratechange', 'emptied']) {
      this.#media.addEventListener(name, () => this.#tell());
    }
    this.#media.addEventListener('seeked', () => this.#tellPosition());
    this.#media.addEventListener('timeupdate', () => {
      // A hidden page draws no frames.
      if (document.hidden) this.#leap();
      if (this.#url) this.#tellPosition();
    });
    this.#media.addEventListener('durationchange', () => this.#checkLength());
    this.#media.addEventListener('error', () => this.#failed());
    this.#media.addEventListener('ended', () => this.#goOn());
    this.#media.addEventListener('play', () => this.#tick());
  }

  /** In seconds from the start of the recording. */
  get position_s() {
    return this.#wanted?.at_s ?? this.#start_s + this.#media.currentTime;
  }

  /**
   * Load the audio of a transcript, in the place of another one.
   * @param {string} id a transcript whose audio was kept
   */
  async load(id) {
    if (id === store.player.id) return;
    this.unload();
    this.#tell(id);
    try {
      const request = /** @type {const} */ ({ type: 'get-audio', transcript_id: id });
      const { path, media_type, container } = await library.request(request);
      if (!path) return;
      const file = await fileAt(path);
      if (store.player.id !== id) return;
      this.#file = media_type ? file.slice(0, file.size, media_type) : file;
      // What the browser calls audio has no picture to show.
      this.#fileUrl = media_type.startsWith('audio/') ? '' : URL.createObjectURL(this.#file);
      const { duration_s: lengthS = 0, job } = summaryOf(id) ?? {};
      const track = job?.options.audio_track ?? 0;
      this.#client.open({ id, path, track, container, lengthS }, (news) => this.#receive(news));
    } catch (thrown) {
      if (store.player.id === id) tellError(thrown);
    }
    this.#tell();
  }

  /** Stop, and free the audio. */
  unload() {
    const { id } = store.player;
    if (!id) return;
    this.#client.close();
    this.#clear();
    this.#file = null;
    if (this.#fileUrl) URL.revokeObjectURL(this.#fileUrl);
    this.#fileUrl = '';
    this.#copy = null;
    this.#peaks = null;
    this.#silences = [];
    this.#length_s = 0;
    this.#wanted = null;
    this.#paused_ms = 0;
    if (this.#cue?.id === id) this.#cue = null;
    this.#tell('');
    update({ position_s: null, loop: null, hasVideo: false });
  }

  /**
   * Begin here when the user plays it; what plays already is left alone.
   * @param {string} id
   * @param {number} at_s
   */
  cue(id, at_s) {
    if (store.player.id !== id || !store.player.ready) this.#cue = { id, at_s };
    else if (store.player.paused) this.seek(at_s);
  }

  /** @param {number} at_s */
  seek(at_s) {
    this.#go(at_s, !store.player.paused);
  }

  /** @param {number} at_s */
  playFrom(at_s) {
    update({ following: 'player' });
    this.#go(at_s, true);
  }

  toggle() {
    if (store.player.paused) this.resume();
    else this.pause();
  }

  /** Play on; after a longer pause a little before. */
  resume() {
    const rests = this.#paused_ms && performance.now() - this.#paused_ms > PAUSE_MS;
    const at_s = this.position_s - (rests ? REWIND_S : 0);
    this.playFrom(this.#isAtEnd() ? 0 : at_s);
  }

  pause() {
    if (this.#wanted) this.#wanted.play = false;
    this.#media.pause();
    this.#paused_ms = performance.now();
    this.#tell();
  }

  /** @param {1 | -1} direction */
  skip(direction) {
    this.seek(this.position_s + direction * SKIP_S);
  }

  /** @param {number} speed */
  setSpeed(speed) {
    this.#media.playbackRate = speed;
    // A new recording begins at the default.
    this.#media.defaultPlaybackRate = speed;
    remember(SPEED, String(speed));
  }

  /** To the next slower or faster speed. @param {1 | -1} direction */
  changeSpeed(direction) {
    const { speed } = store.player;
    const others = SPEEDS.filter((each) => (each - speed) * direction > 0);
    const next = direction > 0 ? others[0] : others.at(-1);
    if (next) this.setSpeed(next);
  }

  /**
   * Play a part again and again.
   * @param {number} start_s
   * @param {number} end_s before or behind the start; the same place: no loop
   */
  loop(start_s, end_s) {
    const [from_s, to_s] = start_s < end_s ? [start_s, end_s] : [end_s, start_s];
    if (to_s - from_s < LOOP_MIN_S) return update({ loop: null });
    update({ loop: { start_s: from_s, end_s: to_s } });
    if (this.position_s < from_s || this.position_s >= to_s) this.seek(from_s);
  }

  /** Set the start of a loop here, then its end, then end the loop. */
  stepLoop() {
    const { loop } = store;
    if (!loop) update({ loop: { start_s: this.position_s, end_s: null } });
    else if (loop.end_s === null) this.loop(loop.start_s, this.position_s);
    else update({ loop: null });
  }

  /** @param {boolean} on */
  skipSilence(on) {
    remember(SKIP_SILENCE, on ? 'yes' : '');
    update({ skipsSilence: on });
  }

  /** @param {boolean} on */
  showVideo(on) {
    remember(SHOW_VIDEO, on ? 'yes' : '');
    update({ showsVideo: on });
  }

  /** @param {PlayerNews} news */
  #receive(news) {
    switch (news.type) {
      case 'exact':
        this.#give(/** @type {File} */ (this.#file), 0, Number.POSITIVE_INFINITY);
        return this.#begin();
      case 'copying':
        if (this.#url) this.#keepPlace();
        this.#copy = { rateHz: news.rateHz, pieces: [], complete: false };
        this.#length_s = news.lengthS;
        return this.#begin();
      case 'piece':
        this.#copy?.pieces.push(news.file);
        this.#length_s = Math.max(this.#length_s, this.#copied_s);
        return this.#serveWanted();
      case 'stretch':
        return this.#takeStretch(news.startS, news.samples);
      case 'prepared':
        this.#length_s = news.lengthS;
        this.#peaks = news.peaks;
        this.#silences = silencesIn(news.peaks);
        if (this.#copy) this.#copy.complete = true;
        this.#serveWanted();
        return this.#checkLength();
      case 'failed':
        return this.#fallBack(news.error);
    }
  }

  get #copied_s() {
    return this.#copy ? lengthOf(this.#copy.pieces, this.#copy.rateHz) : 0;
  }

  /** The recording can be played: go where the text on show wants to begin. */
  #begin() {
    const { id } = store.player;
    if (this.#cue?.id === id) {
      const { at_s } = this.#cue;
      this.#cue = null;
      this.#go(at_s, false);
    } else if (this.#wanted) {
      this.#go(this.#wanted.at_s, this.#wanted.play);
    } else if (this.#copy) {
      this.#go(0, false);
    }
    this.#tell();
  }

  /**
   * @param {number} at_s
   * @param {boolean} play
   */
  #go(at_s, play) {
    // A length that was only told may be too short.
    const end_s = this.#peaks ? this.#length_s : Number.POSITIVE_INFINITY;
    const place_s = Math.max(0, Math.min(at_s, end_s));
    this.#wanted = { at_s: place_s, play };
    this.#cue = null;
    this.#paused_ms = 0;
    if (!this.#has(place_s)) {
      this.#media.pause();
      if (!this.#serveWanted() && this.#copy) this.#client.want(place_s);
    } else {
      this.#arrive();
    }
    this.#tellPosition();
    this.#tell();
  }

  /** @param {number} at_s whether the media element has that place */
  #has(at_s) {
    return this.#url && at_s >= this.#start_s && at_s + AHEAD_S <= this.#end_s;
  }

  /** The place wanted is in the media element: go there. */
  #arrive() {
    const wanted = this.#wanted;
    if (!wanted) return;
    this.#wanted = null;
    const place_s = wanted.at_s - this.#start_s;
    // A seek to where it is would only be heard as a break.
    if (this.#media.currentTime !== place_s) this.#media.currentTime = place_s;
    if (wanted.play) void this.#play();
  }

  /** @returns {boolean} whether the copy had the place that was wanted */
  #serveWanted() {
    const wanted = this.#wanted;
    const copy = this.#copy;
    if (!copy || !wanted) return true;
    const there_s = this.#copied_s;
    if (!there_s || (there_s < wanted.at_s + AHEAD_S && !copy.complete)) return false;
    const end_s = copy.complete ? Number.POSITIVE_INFINITY : there_s;
    this.#give(wavOf(copy.pieces, copy.rateHz), 0, end_s);
    this.#arrive();
    this.#tell();
    return true;
  }

  /**
   * @param {number} start_s
   * @param {Blob} samples
   */
  #takeStretch(start_s, samples) {
    const { at_s } = this.#wanted ?? { at_s: Number.NaN };
    if (!this.#copy) return;
    const end_s = start_s + lengthOf([samples], this.#copy.rateHz);
    if (!(at_s >= start_s && at_s < end_s)) return;
    this.#give(wavOf([samples], this.#copy.rateHz), start_s, end_s);
    this.#arrive();
    this.#tell();
  }

  /** What the media element had is played: go on with what has been copied since. */
  #goOn() {
    if (this.#copy && !this.#isAtEnd()) this.#go(this.#end_s, true);
    else this.#tell();
  }

  #isAtEnd() {
    return this.#media.ended && this.#end_s === Number.POSITIVE_INFINITY;
  }

  /**
   * @param {Blob} blob
   * @param {number} start_s
   * @param {number} end_s
   */
  #give(blob, start_s, end_s) {
    this.#clear();
    this.#url = URL.createObjectURL(blob);
    this.#start_s = start_s;
    this.#end_s = end_s;
    this.#media.src = this.#url;
  }

  /** Take away what the media element has. */
  #clear() {
    this.#media.pause();
    this.#media.removeAttribute('src');
    // Without it the element goes on reading from an address that is gone.
    this.#media.load();
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = '';
    this.#start_s = 0;
    this.#end_s = Number.POSITIVE_INFINITY;
  }

  /** Go on at the same place with another source. */
  #keepPlace() {
    this.#wanted ??= { at_s: this.position_s, play: !this.#media.paused };
    this.#clear();
  }

  /** The browser may think of another length than what was heard. */
  #checkLength() {
    const { duration } = this.#media;
    if (this.#url && !this.#copy && Number.isFinite(duration)) {
      const heard = this.#peaks !== null;
      if (heard && Math.abs(duration - this.#length_s) > EXACT_S) this.#client.copy();
      else if (!heard) this.#length_s = duration;
    }
    this.#tell();
  }

  /** This browser cannot play the recording itself. */
  #failed() {
    if (!this.#url) return;
    if (!this.#copy) {
      this.#keepPlace();
      this.#client.copy();
    }
    this.#tell();
  }

  /** @param {import('../generated/messages').ErrorView} error */
  #fallBack(error) {
    this.#client.close();
    if (error.type === 'StorageError') tellError(new RequestError(error));
    // Without the decoder the browser's own player is better than none.
    if (this.#file && error.type !== 'NotFoundError') {
      this.#keepPlace();
      this.#copy = null;
      this.#give(this.#file, 0, Number.POSITIVE_INFINITY);
      this.#begin();
    }
    this.#tell();
  }

  async #play() {
    try {
      await this.#media.play();
    } catch (thrown) {
      // It was paused before it began; or `error` tells that it cannot be played.
      const expected = ['AbortError', 'NotSupportedError'];
      if (!expected.includes(/** @type {Error} */ (thrown).name)) tellError(thrown);
    }
  }

  /** Words pass faster than `timeupdate` comes. */
  #tick() {
    cancelAnimationFrame(this.#frame);
    if (this.#media.paused) return;
    this.#leap();
    this.#tellPosition();
    this.#frame = requestAnimationFrame(() => this.#tick());
  }

  /** Back to the start of the loop, or over a silence. */
  #leap() {
    if (this.#wanted || this.#media.seeking || this.#media.paused) return;
    const { loop, skipsSilence, opened } = store;
    const at_s = this.position_s;
    if (loop?.end_s && at_s >= loop.end_s && at_s < loop.end_s + 1)
      return this.#go(loop.start_s, true);
    if (!skipsSilence) return;
    const [start_s = 0, end_s = 0] = silenceAt(this.#silences, at_s) ?? [];
    const segments = opened?.transcript?.segments ?? [];
    if (end_s > at_s + LOOP_MIN_S && !isSpoken(segments, start_s, end_s)) this.#go(end_s, true);
  }

  #tellPosition() {
    update({ position_s: this.position_s });
  }

  /** @param {string} [id] */
  #tell(id = store.player.id) {
    const paused = this.#wanted ? !this.#wanted.play : this.#media.paused;
    const ready = this.#url !== '' || this.#copy !== null;
    const { playbackRate: speed } = this.#media;
    const waiting = this.#wanted !== null && ready;
    const [length_s, peaks, file_url] = [this.#length_s, this.#peaks, this.#fileUrl];
    update({ player: { id, ready, paused, waiting, length_s, speed, peaks, file_url } });
  }
}

export const playback = new Playback();
