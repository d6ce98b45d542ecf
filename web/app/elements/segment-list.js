/** @import { Segment } from '../../generated/messages' */
/** @import { Opened } from '../store.js' */
/** @import { SegmentLine } from './segment-line.js' */
import { html } from 'lit';
import { playback } from '../playback.js';
import { effect, store } from '../store.js';
import { View } from '../view.js';
import './segment-line.js';

/** Of the visible text, how far from its end still counts as reading along. */
const NEAR_END_PX = 160;
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
  #follow = false;
  #stopReading = () => {};

  connectedCallback() {
    super.connectedCallback();
    this.#stopReading = effect(() => this.#readAlong());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#stopReading();
  }

  willUpdate() {
    const pane = this.#pane;
    this.#follow =
      this.growing &&
      this.hasUpdated &&
      pane.scrollHeight - pane.scrollTop - pane.clientHeight < NEAR_END_PX;
  }

  render() {
    return html`
      <div class="segments" lang=${this.language ?? ''}>
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
    else if (this.#follow && changed.has('segments'))
      this.#pane.scrollTo(0, this.#pane.scrollHeight);
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
    await line.updateComplete;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    line.scrollIntoView({ block: 'center', behavior: calm ? 'instant' : 'smooth' });
    line.found();
  }

  /** Mark the sentence and the word at the player's position; no other line is touched. */
  #readAlong() {
    const { player, position_s } = store;
    const here = position_s !== null && player.id === this.transcript;
    const now_s = (position_s ?? 0) + TICK_S;
    const index = here ? indexAt(this.segments, now_s) : -1;
    const line = this.#line(index);
    if (this.#playing && this.#playing !== line) this.#playing.playing = false;
    this.#playing = line;
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
