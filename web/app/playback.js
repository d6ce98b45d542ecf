/** The one player: kept audio from the origin's private file system. */

import { library } from './library-client.js';
import { fileAt } from './private-files.js';
import { tellError } from './toast-list.js';

/** Fires `change` when something about it changed, `time` while the position moves. */
class Playback extends EventTarget {
  audio = new Audio();
  /** The transcript whose audio is loaded. */
  id = '';
  #url = '';
  #frame = 0;
  /** Where to begin once the audio is here: a text may be on show before its audio is. */
  /** @type {{ id: string, at_s: number } | null} */
  #cue = null;

  constructor() {
    super();
    this.audio.preload = 'metadata';
    for (const name of ['play', 'pause', 'durationchange', 'ratechange', 'emptied', 'error']) {
      this.audio.addEventListener(name, () => this.dispatchEvent(new Event('change')));
    }
    for (const name of ['timeupdate', 'seeked']) {
      this.audio.addEventListener(name, () => this.dispatchEvent(new Event('time')));
    }
    this.audio.addEventListener('play', () => this.#tick());
  }

  get ready() {
    return this.#url !== '';
  }

  /** @param {string} id a transcript whose audio was kept */
  async load(id) {
    if (id === this.id) return;
    this.unload();
    this.id = id;
    try {
      const { path, media_type } = await library.request({ type: 'get-audio', transcript_id: id });
      if (!path) return;
      const file = await fileAt(path);
      if (this.id !== id) return;
      this.#url = URL.createObjectURL(media_type ? file.slice(0, file.size, media_type) : file);
      this.audio.src = this.#url;
      if (this.#cue?.id === id) {
        this.audio.currentTime = this.#cue.at_s;
        this.#cue = null;
      }
    } catch (thrown) {
      if (this.id === id) tellError(thrown);
    }
    this.dispatchEvent(new Event('change'));
  }

  unload() {
    if (!this.id) return;
    this.audio.pause();
    this.audio.removeAttribute('src');
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = '';
    if (this.#cue?.id === this.id) this.#cue = null;
    this.id = '';
    this.dispatchEvent(new Event('change'));
  }

  /**
   * Begin here when the user plays it; what plays already is left alone.
   * @param {string} id @param {number} at_s
   */
  cue(id, at_s) {
    if (this.id !== id || !this.ready) this.#cue = { id, at_s };
    else if (this.audio.paused) this.audio.currentTime = at_s;
  }

  /** @param {number} at_s */
  playFrom(at_s) {
    this.audio.currentTime = at_s;
    void this.#play();
  }

  toggle() {
    if (this.audio.paused) void this.#play();
    else this.audio.pause();
  }

  async #play() {
    try {
      await this.audio.play();
    } catch (thrown) {
      const stopped = thrown instanceof DOMException && thrown.name === 'AbortError';
      if (!stopped) tellError(thrown);
    }
  }

  /** @param {number} seconds */
  skip(seconds) {
    this.audio.currentTime = Math.max(0, this.audio.currentTime + seconds);
  }

  /** Words pass faster than `timeupdate` comes. */
  #tick() {
    cancelAnimationFrame(this.#frame);
    if (this.audio.paused) return;
    this.dispatchEvent(new Event('time'));
    this.#frame = requestAnimationFrame(() => this.#tick());
  }
}

export const playback = new Playback();
