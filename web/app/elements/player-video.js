import { html, nothing } from 'lit';
import { store, update } from '../store.js';
import * as t from '../strings/player.js';
import { View } from '../view.js';

/** How far the picture may be from the sound, in seconds: while it stands, and while it moves. */
const STILL_S = 0.02;
const MOVING_S = 0.15;

/** The picture of a film beside its text. It is silent: the player's sound leads it. */
class PlayerVideo extends View {
  #position_s = 0;

  render() {
    const { file_url, ready } = store.player;
    this.#position_s = store.position_s ?? 0;
    if (!file_url || !ready) return nothing;
    return html`
      <video
        aria-label=${t.video}
        .src=${file_url}
        .muted=${true}
        ?hidden=${!store.hasVideo || !store.showsVideo}
        playsinline
        preload="metadata"
        @loadedmetadata=${this.#look}
      ></video>
    `;
  }

  updated() {
    const { paused, waiting, speed } = store.player;
    const position_s = this.#position_s;
    const video = this.querySelector('video');
    if (!video || video.hidden) return video?.pause();
    const rests = paused || waiting;
    const off_s = Math.abs(video.currentTime - position_s);
    if (!video.seeking && off_s > (rests ? STILL_S : MOVING_S)) video.currentTime = position_s;
    if (video.playbackRate !== speed) video.playbackRate = speed;
    if (rests !== video.paused) {
      if (rests) video.pause();
      else video.play().catch(() => {}); // It is paused again, or there is no picture.
    }
  }

  /** @param {Event} event */
  #look({ currentTarget }) {
    update({ hasVideo: /** @type {HTMLVideoElement} */ (currentTarget).videoWidth > 0 });
  }
}

customElements.define('ew-player-video', PlayerVideo);
