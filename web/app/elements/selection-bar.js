import { html, nothing } from 'lit';
import { UNFINISHED } from '../../generated/constants.js';
import { openRerun } from '../actions.js';
import { openExport } from '../export-choices.js';
import { openHeard, shownWord } from '../heard.js';
import { playPart } from '../play-part.js';
import { copyQuote } from '../quote.js';
import { reader } from '../reader.js';
import { signal, summaryOf } from '../store.js';
import * as heard from '../strings/heard.js';
import * as highlights from '../strings/highlights.js';
import * as t from '../strings/transcript.js';
import { markHere } from '../text-highlights.js';
import { selectedPart } from '../text-selection.js';
import { View } from '../view.js';
import { redact } from '../words.js';
import { button } from './buttons.js';

/** The user is not selecting any more after a pause. */
const SETTLED_MS = 150;
/** Between the bar and the selection. */
const GAP_PX = 8;

/** What can be done with the selected text; stands above it, on narrow screens at the bottom. */
class SelectionBar extends View {
  #part = signal(/** @type {{ start_s: number, end_s: number } | null} */ (null));
  #stop = new AbortController();
  #timer = 0;

  connectedCallback() {
    super.connectedCallback();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    document.addEventListener('selectionchange', () => this.#look(), { signal });
    const place = () => this.#place();
    addEventListener('scroll', place, { signal, capture: true, passive: true });
    addEventListener('resize', place, { signal });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  render() {
    const text = reader.value;
    const part = this.#part.value;
    const summary = text && summaryOf(text.transcript);
    // The card with what was heard takes its place.
    if (!part || !summary || shownWord.value) return nothing;
    const done = !UNFINISHED.has(summary.job.state);
    return html`
      <div class="selection-bar" role="toolbar" aria-label=${t.selection} @mousedown=${keep}>
        ${text.playable ? button(t.playSelection, () => playPart(part.start_s, part.end_s)) : nothing}
        ${button(t.correct, () => text.edit(), { title: t.withKey(t.correct, 'E') })}
        ${button(highlights.highlight, () => markHere(), { title: t.withKey(highlights.highlight, 'H') })}
        ${button(highlights.addNote, () => markHere(true))}
        ${button(heard.short, openHeard, { title: t.withKey(heard.openTitle, 'W') })}
        ${button(t.copyQuote, copyQuote, { title: t.withKey(t.copyQuote, 'Q') })}
        ${text.playable ? button(t.saveSound, () => openExport([summary.id], part)) : nothing}
        ${button(t.redact, redact)}
        ${text.playable && done ? button(t.hearAgain, () => openRerun(summary, part)) : nothing}
      </div>
    `;
  }

  updated() {
    this.#place();
  }

  #look() {
    clearTimeout(this.#timer);
    const gone = getSelection()?.isCollapsed ?? true;
    this.#timer = setTimeout(
      () => {
        this.#part.value = selectedPart();
      },
      gone ? 0 : SETTLED_MS,
    );
  }

  /** Above the selection, or below it where there is no room. */
  #place() {
    const bar = /** @type {HTMLElement | null} */ (this.firstElementChild);
    const selection = getSelection();
    if (!bar || !selection?.rangeCount) return;
    const { top, bottom, left, width } = selection.getRangeAt(0).getBoundingClientRect();
    const above = top - bar.offsetHeight - GAP_PX;
    const pane = this.closest('.stage')?.getBoundingClientRect();
    const y = above > Math.max(0, pane?.top ?? 0) ? above : bottom + GAP_PX;
    const most = innerWidth - bar.offsetWidth - GAP_PX;
    const x = Math.max(GAP_PX, Math.min(left + (width - bar.offsetWidth) / 2, most));
    bar.style.setProperty('--x', `${Math.round(x)}px`);
    bar.style.setProperty(
      '--y',
      `${Math.round(Math.min(y, innerHeight - 2 * bar.offsetHeight))}px`,
    );
  }
}

/** A press on the bar leaves the selection as it is. @param {Event} event */
const keep = (event) => event.preventDefault();
customElements.define('ew-selection-bar', SelectionBar);
