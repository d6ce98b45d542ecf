import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { clock } from '../format.js';
import { playback } from '../playback.js';
import { store } from '../store.js';
import * as t from '../strings/transcript.js';
import { View } from '../view.js';

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

/** Plays the audio that was kept beside the transcript on show. */
class AudioPlayer extends View {
  render() {
    const { id, ready, paused, length_s, speed } = store.player;
    if (!ready || id !== store.shownId) return nothing;
    const position_s = store.position_s ?? 0;
    return html`
      <div class="player" role="region" aria-label=${t.player}>
        <button type="button" class="small" title=${t.backTitle} @click=${() => playback.skip(-1)}>
          ${t.back}
        </button>
        <button type="button" class="play" @click=${() => playback.toggle()}>
          ${paused ? t.play : t.pause}
        </button>
        <button type="button" class="small" title=${t.forwardTitle} @click=${() => playback.skip(1)}>
          ${t.forward}
        </button>
        <span class="time">${clock(position_s)}</span>
        <input
          type="range"
          aria-label=${t.position}
          aria-valuetext=${clock(position_s)}
          min="0"
          step="0.1"
          max=${length_s}
          .value=${live(String(position_s))}
          @input=${seek}
        />
        <span class="time">${clock(length_s)}</span>
        <select aria-label=${t.speed} @change=${changeSpeed}>
          ${SPEEDS.map(
            (each) => html`
              <option value=${each} ?selected=${each === speed}>${t.speedOf(each)}</option>
            `,
          )}
        </select>
      </div>
    `;
  }
}

/** @param {Event} event */
const seek = ({ target }) => playback.seek(Number(/** @type {HTMLInputElement} */ (target).value));

/** @param {Event} event */
const changeSpeed = ({ target }) =>
  playback.setSpeed(Number(/** @type {HTMLSelectElement} */ (target).value));

customElements.define('ew-audio-player', AudioPlayer);
