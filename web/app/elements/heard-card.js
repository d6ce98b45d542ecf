import { html, nothing } from 'lit';
import { UNFINISHED } from '../../generated/constants.js';
import { openRerun } from '../actions.js';
import { putInPlace, shownWord } from '../heard.js';
import { playPart } from '../play-part.js';
import { reader } from '../reader.js';
import { store, summaryOf } from '../store.js';
import * as t from '../strings/heard.js';
import { hearAgain } from '../strings/transcript.js';
import { button } from './buttons.js';
import { TextCard } from './text-card.js';

/** How much is played before and after the word. */
const AROUND_S = 0.5;

/** What was heard at a word; each other word that it may have been can be put in its place. */
class HeardCard extends TextCard {
  /** What has had the focus since it was opened. @type {object | null} */
  #focused = null;

  disconnectedCallback() {
    super.disconnectedCallback();
    this.putAway();
  }

  get words() {
    const shown = shownWord.value;
    return shown && reader.value?.rectOfSentence(shown.segment, shown.word);
  }

  putAway() {
    shownWord.value = null;
  }

  render() {
    const shown = shownWord.value;
    const { transcript } = store.opened ?? {};
    const isHere = shown?.transcript === transcript?.id && shown?.revision === transcript?.revision;
    const segment = isHere && shown ? transcript?.segments[shown.segment] : null;
    const word = segment?.words[shown?.word ?? -1];
    const summary = shown && summaryOf(shown.transcript);
    if (!shown || !segment || !word || !summary) return nothing;
    const playable = reader.value?.playable;
    const done = !UNFINISHED.has(summary.job.state);
    const { text, alternatives } = shown.heard;
    const isOther = text !== word.text.trim() && text !== '';
    return html`
      <section class="highlight-card heard-card" aria-label=${t.title} @keydown=${this.#key}>
        <p dir="auto">${text ? t.heard(text) : t.nothing}</p>
        ${isOther ? button(t.goBack(text), () => this.#choose(text)) : nothing}
        ${
          alternatives.length
            ? html`<fieldset>
                <legend class="quiet">${t.others}</legend>
                ${alternatives.map((other) => button(other, () => this.#choose(other)))}
              </fieldset>`
            : html`${text && !isOther ? html`<p class="quiet">${t.noOthers}</p>` : nothing}
                ${playable && done ? button(hearAgain, () => openRerun(summary, segment)) : nothing}`
        }
        <div class="row-buttons">
          ${
            playable
              ? button(t.play, () => playPart(word.start_s - AROUND_S, word.end_s + AROUND_S))
              : nothing
          }
          ${button(t.close, () => this.#close())}
        </div>
      </section>
    `;
  }

  updated() {
    super.updated();
    const shown = shownWord.value;
    const first = this.querySelector('button');
    if (!first || this.#focused === shown) return;
    this.#focused = shown;
    first.focus();
  }

  /** @param {string} text */
  #choose(text) {
    reader.value?.focusText();
    void putInPlace(text);
  }

  #close() {
    this.putAway();
    reader.value?.focusText();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key } = event;
    // Enter and space press the button; they do not reach the player.
    if (key === 'Escape' || key === 'Enter' || key === ' ') event.stopPropagation();
    if (key !== 'Escape') return;
    event.preventDefault();
    this.#close();
  }
}
customElements.define('ew-heard-card', HeardCard);
