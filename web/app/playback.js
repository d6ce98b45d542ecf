/** The one player: kept audio from the origin's private file system. What it does is in the store. */
import { library } from './library-client.js';
import { fileAt, recall, remember } from './platform.js';
import { store, update } from './store.js';
import { tellError } from './toasts.js';

const SKIP_S = 5;
/** The name under which the browser keeps the speed. */
const SPEED = 'playback-speed';

class Playback {
  #audio = new Audio();
  #url = '';
  #frame = 0;
  /** Where to begin once the audio is here: a text may be on show before its audio is. */
  /** @type {{ id: string, at_s: number } | null} */
  #cue = null;

  constructor() {
    this.#audio.preload = 'metadata';
    this.#audio.defaultPlaybackRate = Number(recall(SPEED)) || 1;
    for (const name of ['play', 'pause', 'durationchange', 'ratechange', 'emptied', 'error']) {
      this.#audio.addEventListener(name, () => this.#tell());
    }
    for (const name of ['timeupdate', 'seeked']) {
      this.#audio.addEventListener(name, () => this.#tellPosition());
    }
    this.#audio.addEventListener('play', () => this.#tick());
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
      const { path, media_type } = await library.request({ type: 'get-audio', transcript_id: id });
      if (!path) return;
      const file = await fileAt(path);
      if (store.player.id !== id) return;
      this.#url = URL.createObjectURL(media_type ? file.slice(0, file.size, media_type) : file);
      this.#audio.src = this.#url;
      if (this.#cue?.id === id) {
        this.#audio.currentTime = this.#cue.at_s;
        this.#cue = null;
      }
    } catch (thrown) {
      if (store.player.id === id) tellError(thrown);
    }
    this.#tell();
  }

  /** Stop, and free the audio. */
  unload() {
    const { id } = store.player;
    if (!id) return;
    this.#audio.pause();
    this.#audio.removeAttribute('src');
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = '';
    if (this.#cue?.id === id) this.#cue = null;
    this.#tell('');
    update({ position_s: null });
  }

  /**
   * Begin here when the user plays it; what plays already is left alone.
   * @param {string} id
   * @param {number} at_s
   */
  cue(id, at_s) {
    if (store.player.id !== id || !this.#url) this.#cue = { id, at_s };
    else if (this.#audio.paused) this.seek(at_s);
  }

  /** @param {number} at_s */
  seek(at_s) {
    this.#audio.currentTime = Math.max(0, at_s);
  }

  /** @param {number} at_s */
  playFrom(at_s) {
    this.seek(at_s);
    void this.#play();
  }

  toggle() {
    if (this.#audio.paused) void this.#play();
    else this.#audio.pause();
  }

  /** @param {1 | -1} direction */
  skip(direction) {
    this.seek(this.#audio.currentTime + direction * SKIP_S);
  }

  /** @param {number} speed */
  setSpeed(speed) {
    this.#audio.playbackRate = speed;
    // A new recording begins at the default.
    this.#audio.defaultPlaybackRate = speed;
    remember(SPEED, String(speed));
  }

  async #play() {
    update({ following: 'player' });
    try {
      await this.#audio.play();
    } catch (thrown) {
      const stopped = thrown instanceof DOMException && thrown.name === 'AbortError';
      if (!stopped) tellError(thrown);
    }
  }

  /** Words pass faster than `timeupdate` comes. */
  #tick() {
    cancelAnimationFrame(this.#frame);
    if (this.#audio.paused) return;
    this.#tellPosition();
    this.#frame = requestAnimationFrame(() => this.#tick());
  }

  #tellPosition() {
    update({ position_s: this.#audio.currentTime });
  }

  /** @param {string} [id] */
  #tell(id = store.player.id) {
    const { paused, duration, playbackRate: speed } = this.#audio;
    const length_s = Number.isFinite(duration) ? duration : 0;
    update({ player: { id, ready: this.#url !== '', paused, length_s, speed } });
  }
}

export const playback = new Playback();
