/** @import { Segment } from '../../generated/messages' */
/** @import { Opened } from '../store.js' */
/** @import { SegmentLine } from './segment-line.js' */
import { html } from 'lit';
import { playback } from '../playback.js';
import { effect, store, untracked, update } from '../store.js';
import { View } from '../view.js';
import './segment-line.js';

/** How near the end of the text a reader must scroll to follow new text again. */
const NEAR_END_PX = 24;
/** From this many sentences on, the browser lays out only those near the window. */
const LONG = 1000;
/** A sentence that was brought into view is there when it stood still for as many frames … */
const STEADY_FRAMES = 2;
/** … or after as many: the sentences around it get their heights only once they are near. */
const FRAMES_MAX = 60;
/** Parts of the visible text's height between which the sentence that plays is kept. */
const KEPT = { top: 0.05, bottom: 0.6, aim: 0.25 };
/** Keys that scroll. */
const SCROLLS = new Set(['PageUp', 'PageDown', 'Home', 'End', 'ArrowUp', 'ArrowDown']);
/** How far below a sentence's start the time in an address may lie and still mean it. */
const ROUNDED_S = 0.01;
/** A player tells its position a little less exactly than it was set. */
const TICK_S = 0.001;

/** All that was said, sentence by sentence; follows the player and new text. */
class SegmentList extends View {
  static properties = {
    segments: { attribute: false },
    transcript: { attribute: false },
    language: { attribute: false },
    jump: { attribute: false },
    playable: { type: Boolean },
    growing: { type: Boolean },
  };

  constructor() {
    super();
    /** @type {readonly Segment[]} */
    this.segments = [];
    this.transcript = '';
    /** @type {string | null} */
    this.language = null;
    /** @type {Opened['jump']} */
    this.jump = null;
    this.playable = false;
    this.growing = false;
  }

  /** The sentence being played. @type {SegmentLine | undefined} */
  #playing;
  #stopReading = () => {};
  /** Counts what moves the view, so that only the newest goes on. */
  #moves = 0;

  connectedCallback() {
    super.connectedCallback();
    const stops = [effect(() => this.#readAlong()), effect(() => this.#goAlong())];
    const reader = new AbortController();
    const options = { passive: true, signal: reader.signal };
    for (const name of ['wheel', 'touchmove', 'keydown', 'pointerdown', 'scroll']) {
      addEventListener(name, (event) => this.#read(event), { ...options, capture: true });
    }
    this.#stopReading = () => {
      for (const stop of stops) stop();
      reader.abort();
    };
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#moves += 1;
    this.#stopReading();
  }

  render() {
    return html`
      <div class="segments" ?data-long=${this.segments.length > LONG} lang=${this.language ?? ''}>
        ${this.segments.map(
          (segment, index) => html`
            <ew-segment-line
              .segment=${segment}
              .index=${index}
              .transcript=${this.transcript}
              ?playable=${this.playable}
            ></ew-segment-line>
          `,
        )}
      </div>
    `;
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has('segments')) this.#readAlong();
    if (this.jump && changed.has('jump')) this.#jump(this.jump.at_s);
    else if (changed.has('segments')) this.#goAlong();
  }

  /** What scrolls: the pane on wide screens, the page on narrow ones. */
  get #pane() {
    const pane = this.closest('.stage');
    const own = pane && getComputedStyle(pane).overflowY !== 'visible';
    return own ? pane : /** @type {Element} */ (document.scrollingElement);
  }

  /** @param {number} at_s */
  async #jump(at_s) {
    const index = indexAt(this.segments, at_s + ROUNDED_S);
    const line = this.#line(index);
    if (!line) return;
    // An address may have cut the time down; the sentence must not lose its beginning for that.
    if (this.playable) {
      playback.cue(this.transcript, Math.max(at_s, this.segments[index]?.start_s ?? 0));
    }
    line.found();
    await this.#move(() => line.scrollIntoView({ block: 'center', behavior: 'instant' }), line);
  }

  /** Keep the sentence that plays, or the newest text, in view while the view follows. */
  #goAlong() {
    const { following, player } = store;
    const plays = !player.paused && player.id === this.transcript;
    if (following === 'player' && plays && this.#playing) this.#keepInView(this.#playing);
    else if (following === 'end' && this.growing) {
      const pane = this.#pane;
      void this.#move(() => pane.scrollTo({ top: pane.scrollHeight, behavior: 'instant' }), this);
    }
  }

  /** @param {SegmentLine} line */
  #keepInView(line) {
    const place = line.getBoundingClientRect();
    const { top, height } = this.#visible();
    if (place.top >= top + KEPT.top * height && place.bottom <= top + KEPT.bottom * height) return;
    void this.#move(() => {
      const moved = line.getBoundingClientRect().top - (top + KEPT.aim * height);
      this.#pane.scrollBy({ top: moved, behavior: 'instant' });
    }, line);
  }

  /** Of the window, what shows text: below the page's head, above the player. */
  #visible() {
    const pane = this.#pane;
    const whole = pane === document.scrollingElement;
    const { top, bottom } = whole ? { top: 0, bottom: innerHeight } : pane.getBoundingClientRect();
    const player = document.querySelector('.player')?.getBoundingClientRect().top ?? bottom;
    return { top, height: Math.min(bottom, player) - top };
  }

  /**
   * Scroll, again and again until the place stands still: text that comes near gets its height.
   * @param {() => void} scroll
   * @param {Element} there
   */
  async #move(scroll, there) {
    const mine = ++this.#moves;
    let before = Number.NaN;
    let steady = 0;
    for (let frame = 0; steady < STEADY_FRAMES && frame < FRAMES_MAX; frame += 1) {
      scroll();
      await new Promise(requestAnimationFrame);
      if (mine !== this.#moves) return;
      const { bottom } = there.getBoundingClientRect();
      steady = bottom === before ? steady + 1 : 0;
      before = bottom;
    }
  }

  /**
   * The reader's own scrolling ends the following; scrolling to the end of new text resumes it.
   * @param {Event} event
   */
  #read(event) {
    const { type, target } = event;
    const pane = this.#pane;
    if (type === 'scroll') {
      const left_px = pane.scrollHeight - pane.scrollTop - pane.clientHeight;
      if (this.growing && !store.following && left_px < NEAR_END_PX) update({ following: 'end' });
      return;
    }
    const within = target instanceof Element && pane.contains(target);
    if (type === 'keydown') {
      const writes = target instanceof Element && target.closest('input, textarea, select');
      if (writes || !SCROLLS.has(/** @type {KeyboardEvent} */ (event).key)) return;
    }
    // The pane itself is only met at its scrollbar: everything else is one of its elements.
    const bar = type !== 'pointerdown' || target === pane;
    if (!within || !bar) return;
    this.#moves += 1;
    update({ following: null });
  }

  /** Mark the sentence and the word at the player's position; no other line is touched. */
  #readAlong() {
    const { player, position_s } = store;
    const here = position_s !== null && player.id === this.transcript;
    const now_s = (position_s ?? 0) + TICK_S;
    const index = here ? indexAt(this.segments, now_s) : -1;
    const line = this.#line(index);
    const before = this.#playing;
    if (before && before !== line) before.playing = false;
    this.#playing = line;
    if (before !== line) untracked(() => this.#goAlong());
    if (!line) return;
    const words = this.segments[index]?.words ?? [];
    const word = indexAt(words, now_s);
    line.playing = true;
    line.word = now_s < (words[word]?.end_s ?? 0) ? word : -1;
  }

  /** @param {number} index */
  #line(index) {
    const lines = this.querySelector('.segments')?.children;
    return /** @type {SegmentLine | undefined} */ (lines?.[index]);
  }
}

/**
 * The last of several parts of a recording that begins at or before a moment.
 * @param {readonly { start_s: number }[]} parts in order
 * @param {number} at_s
 * @returns {number} -1 before the first
 */
function indexAt(parts, at_s) {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((parts[middle]?.start_s ?? 0) <= at_s) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * The sentences the user has selected in the text, as a part of the recording.
 * @returns {{ start_s: number, end_s: number } | null} null where nothing is selected
 */
export function selected() {
  const selection = getSelection();
  if (!selection || selection.isCollapsed) return null;
  const lines = /** @type {SegmentLine[]} */ ([...document.querySelectorAll('ew-segment-line')]);
  const chosen = lines
    .filter((line) => selection.containsNode(line, true))
    .flatMap((line) => line.segment ?? []);
  const [first, last] = [chosen[0], chosen.at(-1)];
  return first && last ? { start_s: first.start_s, end_s: last.end_s } : null;
}
customElements.define('ew-segment-list', SegmentList);
