/** @import { Mark } from '../waveform.js' */
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { coloursChanged } from '../appearance.js';
import { clock } from '../format.js';
import { playback } from '../playback.js';
import { PEAK_S } from '../silence.js';
import { store } from '../store.js';
import * as t from '../strings/player.js';
import { View } from '../view.js';
import { drawWaveform, moved, zoomed } from '../waveform.js';
import { given } from './fields.js';

const ZOOM = 1.25;
/** Pixels of a wheel's turn that zoom once. */
const TURN = 100;
/** Where the place that plays comes in when the view goes along with it, as a share of its width. */
const LEAD = 0.1;

/**
 * The recording from left to right: what is heard where, and where the player is. It is a slider;
 * a pointer drags it, the wheel zooms, Shift and drag loops a part.
 */
class Timeline extends View {
  /** @type {import('lit').PropertyDeclarations} */
  static properties = { marks: { attribute: false } };

  /** @type {{ from_s: number, to_s: number } | null} null: all of it */
  #zoom = null;
  /** What the pointer does. @type {'scrub' | 'loop' | null} */
  #drag = null;
  #dragStart_s = 0;
  /** Where the pointer is. @type {number | null} */
  #pointed_s = null;
  #loaded = '';
  #resized = new ResizeObserver(() => this.#draw());

  constructor() {
    super();
    /** What others want to show. @type {readonly Mark[]} */
    this.marks = [];
  }

  connectedCallback() {
    super.connectedCallback();
    this.#resized.observe(this);
    // Lit's listeners cannot keep the page from scrolling.
    this.addEventListener('wheel', this.#turn, { passive: false });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#resized.disconnect();
    this.removeEventListener('wheel', this.#turn);
  }

  render() {
    const { length_s } = store;
    const { id } = store.player;
    const position_s = this.#drag === 'scrub' ? (this.#pointed_s ?? 0) : (store.position_s ?? 0);
    // What is drawn is read here, so that a change of it is drawn.
    void [store.loop, store.player.peaks, coloursChanged.value];
    if (id !== this.#loaded) {
      this.#zoom = null;
      this.#loaded = id;
    }
    return html`
      <div
        class="wave"
        @pointerdown=${this.#press}
        @pointermove=${this.#point}
        @pointerup=${this.#release}
        @pointercancel=${this.#leave}
        @pointerleave=${this.#leave}
        @mousedown=${keepFocus}
      >
        <canvas aria-hidden="true"></canvas>
        ${this.#bubble()}
      </div>
      <input
        type="range"
        aria-label=${t.position}
        aria-valuetext=${t.positionOf(clock(position_s), clock(length_s))}
        min="0"
        step="0.1"
        max=${length_s}
        .value=${live(String(position_s))}
        @input=${given((text) => playback.seek(Number(text)))}
        @keydown=${this.#zoomWithKey}
      />
    `;
  }

  updated() {
    this.#draw();
    const bubble = /** @type {HTMLElement | null} */ (this.querySelector('.bubble'));
    const { from_s, to_s } = this.#view;
    const share = ((this.#pointed_s ?? 0) - from_s) / (to_s - from_s);
    // As an attribute the page's policy would refuse it.
    bubble?.style.setProperty('--at', String(share));
  }

  #bubble() {
    if (this.#pointed_s === null) return nothing;
    const at_s = this.#pointed_s;
    return html`
      <div class="bubble" aria-hidden="true">
        <b>${clock(at_s)}</b> ${sentenceAt(at_s)}
      </div>
    `;
  }

  get #view() {
    const { length_s } = store;
    if (!this.#zoom) return { from_s: 0, to_s: Math.max(length_s, PEAK_S) };
    const { from_s, to_s } = this.#zoom;
    const span_s = to_s - from_s;
    const position_s = store.position_s ?? 0;
    const isSeen = position_s >= from_s && position_s <= to_s;
    if (!store.player.paused && !isSeen && !this.#drag) {
      this.#zoom = moved({ from_s: position_s - LEAD * span_s, to_s: 0 }, span_s, length_s);
    }
    return this.#zoom;
  }

  #draw() {
    const canvas = this.querySelector('canvas');
    const context = canvas?.getContext('2d');
    const { clientWidth: width = 0, clientHeight: height = 0 } = canvas ?? {};
    if (!canvas || !context || !width) return;
    const scale = devicePixelRatio || 1;
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const style = getComputedStyle(this);
    /** @type {Map<string, string>} */
    const colors = new Map();
    const color = (/** @type {string} */ name) => {
      const known = colors.get(name) ?? style.getPropertyValue(name).trim();
      colors.set(name, known);
      return known;
    };
    drawWaveform(context, width, height, {
      peaks: store.player.peaks,
      peak_s: PEAK_S,
      ...this.#view,
      position_s: this.#drag === 'scrub' ? (this.#pointed_s ?? 0) : (store.position_s ?? 0),
      loop: this.#drag === 'loop' ? this.#dragged : store.loop,
      marks: this.marks,
      color,
    });
  }

  get #dragged() {
    const end_s = this.#pointed_s ?? this.#dragStart_s;
    return {
      start_s: Math.min(this.#dragStart_s, end_s),
      end_s: Math.max(this.#dragStart_s, end_s),
    };
  }

  /** @param {{ clientX: number }} event */
  #timeAt({ clientX }) {
    const { left, width } = this.getBoundingClientRect();
    const { from_s, to_s } = this.#view;
    const share = Math.max(0, Math.min(1, (clientX - left) / width));
    return from_s + share * (to_s - from_s);
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button !== 0) return;
    const wave = /** @type {HTMLElement} */ (event.currentTarget);
    wave.setPointerCapture(event.pointerId);
    this.#drag = event.shiftKey ? 'loop' : 'scrub';
    this.#dragStart_s = this.#timeAt(event);
    this.querySelector('input')?.focus({ preventScroll: true });
    this.#point(event);
  }

  /** @param {PointerEvent} event */
  #point(event) {
    this.#pointed_s = this.#timeAt(event);
    this.requestUpdate();
  }

  /** @param {PointerEvent} event */
  #release(event) {
    const at_s = this.#timeAt(event);
    if (this.#drag === 'scrub') playback.seek(at_s);
    else if (this.#drag === 'loop') playback.loop(this.#dragStart_s, at_s);
    this.#drag = null;
    if (event.pointerType !== 'mouse') this.#pointed_s = null;
    this.requestUpdate();
  }

  /** @param {PointerEvent} event */
  #leave({ type }) {
    if (this.#drag && type !== 'pointercancel') return;
    this.#drag = null;
    this.#pointed_s = null;
    this.requestUpdate();
  }

  #turn = (/** @type {WheelEvent} */ event) => {
    const { length_s } = store;
    if (!length_s) return;
    event.preventDefault();
    const { deltaX, deltaY, shiftKey } = event;
    const view = this.#view;
    const span_s = view.to_s - view.from_s;
    if (shiftKey || Math.abs(deltaX) > Math.abs(deltaY)) {
      const by_s = ((deltaX || deltaY) / this.clientWidth) * span_s;
      this.#show(moved({ from_s: view.from_s + by_s, to_s: 0 }, span_s, length_s));
    } else {
      this.#show(zoomed(view, this.#timeAt(event), ZOOM ** (-deltaY / TURN), length_s));
    }
  };

  /** @param {KeyboardEvent} event */
  #zoomWithKey({ key }) {
    const factor = { '+': ZOOM, '-': 1 / ZOOM }[key];
    if (factor) this.#show(zoomed(this.#view, store.position_s ?? 0, factor, store.length_s));
  }

  /** @param {{ from_s: number, to_s: number }} view */
  #show(view) {
    this.#zoom = view.to_s - view.from_s < store.length_s ? view : null;
    this.requestUpdate();
  }
}

/** The slider has it. @param {Event} event */
const keepFocus = (event) => event.preventDefault();

/** @param {number} at_s @returns {string} what is said there */
function sentenceAt(at_s) {
  const segments = store.opened?.transcript?.segments ?? [];
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle].start_s <= at_s) low = middle + 1;
    else high = middle;
  }
  const { text = '', end_s = 0 } = segments[low - 1] ?? {};
  return at_s < end_s ? text.trim() : '';
}

customElements.define('ew-timeline', Timeline);
