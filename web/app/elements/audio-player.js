/** @import { Option } from './fields.js' */
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { clock } from '../format.js';
import { playback } from '../playback.js';
import { store } from '../store.js';
import * as t from '../strings/transcript.js';
import { View } from '../view.js';
import { button } from './buttons.js';
import { given, options } from './fields.js';

/** @type {readonly Option[]} */
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2].map((speed) => [String(speed), t.speedOf(speed)]);

/** Plays the audio that was kept beside the transcript on show. */
class AudioPlayer extends View {
  render() {
    const { id, ready, paused, length_s, speed } = store.player;
    if (!ready || id !== store.shownId) return nothing;
    const position_s = store.position_s ?? 0;
    return html`
      <div class="player" role="region" aria-label=${t.player}>
        ${button(t.back, () => playback.skip(-1), { title: t.backTitle })}
        <button type="button" class="play" @click=${() => playback.toggle()}>
          ${paused ? t.play : t.pause}
        </button>
        ${button(t.forward, () => playback.skip(1), { title: t.forwardTitle })}
        <span class="time">${clock(position_s)}</span>
        <input
          type="range"
          aria-label=${t.position}
          aria-valuetext=${clock(position_s)}
          min="0"
          step="0.1"
          max=${length_s}
          .value=${live(String(position_s))}
          @input=${given((text) => playback.seek(Number(text)))}
        />
        <span class="time">${clock(length_s)}</span>
        <select aria-label=${t.speed} @change=${given((text) => playback.setSpeed(Number(text)))}>
          ${options(SPEEDS, String(speed))}
        </select>
      </div>
    `;
  }
}

customElements.define('ew-audio-player', AudioPlayer);
