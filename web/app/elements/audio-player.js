/** @import { Mark } from '../waveform.js' */
/** @import { Option } from './fields.js' */
import { html, nothing } from 'lit';
import { clock } from '../format.js';
import { playback, SPEEDS } from '../playback.js';
import { store } from '../store.js';
import * as t from '../strings/player.js';
import { View } from '../view.js';
import { button } from './buttons.js';
import { given, options, toggle } from './fields.js';
import './player-video.js';
import './timeline.js';

/** @type {readonly Option[]} */
const CHOICES = SPEEDS.map((speed) => [String(speed), t.speedOf(speed)]);

/** Plays the audio that was kept beside the transcript on show. */
class AudioPlayer extends View {
  /** @type {import('lit').PropertyDeclarations} */
  static properties = { marks: { attribute: false } };

  constructor() {
    super();
    /** What the timeline shows besides. @type {readonly Mark[]} */
    this.marks = [];
  }

  render() {
    const { id, ready, paused, waiting, speed } = store.player;
    if (!ready || id !== store.shownId) return nothing;
    return html`
      <ew-player-video></ew-player-video>
      <div class="player" role="region" aria-label=${t.player} aria-busy=${waiting}>
        ${skip(-1, '↺', t.back, t.backTitle)}
        <button
          type="button"
          class="play"
          title=${waiting && !paused ? t.waiting : nothing}
          @click=${() => playback.toggle()}
        >
          <span aria-hidden="true">${paused ? '▶' : '❚❚'}</span>
          <span class="unseen">${paused ? t.play : t.pause}</span>
        </button>
        ${skip(1, '↻', t.forward, t.forwardTitle)}
        <span class="time">${clock(store.position_s ?? 0)}</span>
        <ew-timeline .marks=${this.marks}></ew-timeline>
        <span class="time">${clock(store.length_s)}</span>
        <select
          aria-label=${t.speed}
          @change=${given((text) => playback.setSpeed(Number(text)))}
        >
          ${options(CHOICES, String(speed))}
        </select>
        ${more()}
      </div>
    `;
  }
}

/**
 * @param {1 | -1} direction
 * @param {string} sign
 * @param {string} name
 * @param {string} title
 */
const skip = (direction, sign, name, title) => html`
  <button
    type="button"
    class="skip"
    aria-label=${name}
    title=${title}
    @click=${() => playback.skip(direction)}
  >
    <span aria-hidden="true">${sign}</span>
  </button>
`;

function more() {
  const { loop, skipsSilence, hasVideo, showsVideo } = store;
  const step = !loop ? t.setLoopStart : loop.end_s === null ? t.setLoopEnd : t.stopLoop;
  return html`
    <button type="button" class="more" popovertarget="player-more" aria-label=${t.more}>
      <span aria-hidden="true">⋯</span>
    </button>
    <fieldset id="player-more" class="player-more" popover aria-label=${t.more}>
      ${button(step, () => playback.stepLoop())}
      <small class="quiet">${t.loopHelp}</small>
      ${toggle(t.skipSilence, skipsSilence, { change: (on) => playback.skipSilence(on) })}
      ${hasVideo ? toggle(t.showVideo, showsVideo, { change: (on) => playback.showVideo(on) }) : nothing}
    </fieldset>
  `;
}

customElements.define('ew-audio-player', AudioPlayer);
