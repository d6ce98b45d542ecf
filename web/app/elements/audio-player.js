import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { clock } from '../format.js';
import { playback } from '../playback.js';
import { View } from '../view.js';

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];
const SKIP_S = 5;

/** Plays the audio that was kept beside a transcript. */
class AudioPlayer extends View {
  static properties = { transcript: { attribute: false } };

  constructor() {
    super();
    this.transcript = '';
  }

  #changed = () => this.requestUpdate();
  #key = (/** @type {KeyboardEvent} */ event) => this.#press(event);

  connectedCallback() {
    super.connectedCallback();
    playback.addEventListener('change', this.#changed);
    playback.addEventListener('time', this.#changed);
    addEventListener('keydown', this.#key);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    playback.removeEventListener('change', this.#changed);
    playback.removeEventListener('time', this.#changed);
    removeEventListener('keydown', this.#key);
  }

  render() {
    if (!playback.ready || playback.id !== this.transcript) return nothing;
    const { audio } = playback;
    const length = Number.isFinite(audio.duration) ? audio.duration : 0;
    return html`
      <div class="player" role="region" aria-label="Player">
        <button type="button" class="small" title="Back 5 seconds" @click=${() => playback.skip(-SKIP_S)}>
          −5 s
        </button>
        <button type="button" class="play" @click=${() => playback.toggle()}>
          ${audio.paused ? 'Play' : 'Pause'}
        </button>
        <button type="button" class="small" title="Forward 5 seconds" @click=${() => playback.skip(SKIP_S)}>
          +5 s
        </button>
        <span class="time">${clock(audio.currentTime)}</span>
        <input
          type="range"
          aria-label="Position"
          aria-valuetext=${clock(audio.currentTime)}
          min="0"
          step="0.1"
          max=${length}
          .value=${live(String(audio.currentTime))}
          @input=${this.#seek}
        />
        <span class="time">${clock(length)}</span>
        <select aria-label="Speed" @change=${this.#speed}>
          ${SPEEDS.map(
            (speed) => html`
              <option value=${speed} ?selected=${speed === audio.playbackRate}>${speed}×</option>
            `,
          )}
        </select>
      </div>
    `;
  }

  /** @param {Event} event */
  #seek(event) {
    playback.audio.currentTime = Number(/** @type {HTMLInputElement} */ (event.target).value);
  }

  /** @param {Event} event */
  #speed(event) {
    playback.audio.playbackRate = Number(/** @type {HTMLSelectElement} */ (event.target).value);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const busy = /** @type {Element} */ (event.target).closest?.(
      'input, textarea, select, button, a, summary, dialog',
    );
    if (event.key !== ' ' || busy || !playback.ready) return;
    event.preventDefault();
    playback.toggle();
  }
}
customElements.define('ew-audio-player', AudioPlayer);
