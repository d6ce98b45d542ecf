/** @import { Highlight } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { HIGHLIGHT_COLOURS } from '../../generated/constants.js';
import { reader } from '../reader.js';
import { store, untracked } from '../store.js';
import * as t from '../strings/highlights.js';
import {
  changeHighlight,
  highlightOf,
  knownLabels,
  removeHighlight,
  shownHighlight,
} from '../text-highlights.js';
import { offerTyped } from '../typing.js';
import { button } from './buttons.js';
import { line } from './fields.js';
import { TextCard } from './text-card.js';

/** What is typed is saved after a pause. */
const PAUSE_MS = 1000;

/** Colour, label and note of one highlight, below its words; on narrow screens at the bottom. */
class HighlightCard extends TextCard {
  #timer = 0;
  /** What was typed and is not saved yet. @type {{ label?: string, note?: string }} */
  #typed = {};
  /** The highlight that is drawn. */
  #id = '';
  /** The revision of the text whose values the fields have. */
  #revision = 0;
  #focused = false;
  /** Saves come one after the other. @type {Promise<boolean>} */
  #saving = Promise.resolve(true);

  #hide = () => void this.#save();

  connectedCallback() {
    super.connectedCallback();
    addEventListener('pagehide', this.#hide);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('pagehide', this.#hide);
    void this.#save();
    shownHighlight.value = null;
  }

  render() {
    const shown = shownHighlight.value;
    const highlight = shown?.transcript === store.opened?.id && highlightOf(shown?.id ?? '');
    if (!shown || !highlight) return nothing;
    if (this.#id !== shown.id) {
      if (this.#id) untracked(() => void this.#save());
      this.#id = shown.id;
      this.#revision = store.opened?.transcript?.revision ?? 0;
      this.#focused = false;
    }
    const { id, label, note: said } = highlight;
    return html`
      <section
        class="highlight-card"
        aria-label=${t.about}
        data-colour=${highlight.colour}
        @keydown=${this.#key}
      >
        ${colours(highlight, (colour) => this.#change({ colour }))}
        ${line(
          t.label,
          html`<input name="label" dir="auto" autocomplete="off" list="highlight-labels"
            .value=${this.#typed.label ?? label} @input=${this.#input} />`,
        )}
        <datalist id="highlight-labels">
          ${knownLabels().map((each) => html`<option value=${each}></option>`)}
        </datalist>
        ${line(
          t.note,
          html`<textarea name="note" dir="auto" rows="3" .value=${this.#typed.note ?? said}
            @input=${this.#input}></textarea>`,
        )}
        <div class="row-buttons">
          ${button(t.remove, () => this.#remove(id))}
          ${button(t.done, () => this.#close())}
        </div>
      </section>
    `;
  }

  updated() {
    const shown = shownHighlight.value;
    if (!this.firstElementChild) {
      if (this.#id) void this.#save();
      this.#id = '';
      return;
    }
    super.updated();
    if (!shown?.focus || this.#focused) return;
    this.#focused = true;
    this.querySelector('textarea')?.focus();
  }

  /** @param {Event} event */
  #input({ target }) {
    const { name, value } = /** @type {HTMLInputElement} */ (target);
    this.#typed = { ...this.#typed, [name]: value };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#save(), PAUSE_MS);
  }

  /** Save what was typed. @returns {Promise<boolean>} whether it is saved */
  #save() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const typed = this.#typed;
    if (!Object.keys(typed).length) return this.#saving;
    this.#typed = {};
    return this.#change(typed);
  }

  /** @param {{ label?: string, note?: string, colour?: Highlight['colour'] }} values */
  #change(values) {
    const id = this.#id;
    this.#saving = this.#saving.then(async () => {
      // A colour is no text that somebody could lose.
      const seen = values.colour ? 0 : this.#revision;
      const { done, revision } = await changeHighlight(id, values, seen);
      if (this.#id === id) this.#revision = revision;
      if (done) return true;
      const { colour, ...typed } = values;
      if (this.#id === id) this.#typed = { ...typed, ...this.#typed };
      else for (const text of Object.values(typed)) if (text) void offerTyped(text, '');
      return false;
    });
    return this.#saving;
  }

  /** @param {string} id */
  async #remove(id) {
    this.#typed = {};
    clearTimeout(this.#timer);
    await this.#saving;
    await removeHighlight(id);
    reader.value?.focusText();
  }

  /** Closed is only what is saved. */
  async #close() {
    const shown = shownHighlight.value;
    const hadFocus = this.contains(document.activeElement);
    if (!(await this.#save()) || shownHighlight.value !== shown) return;
    shownHighlight.value = null;
    if (hadFocus) reader.value?.focusText();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key, ctrlKey, metaKey, target, isComposing } = event;
    const field = /** @type {Element} */ (target).matches('input, textarea');
    const ends = key === 'Enter' && field && (ctrlKey || metaKey || !isNote(target));
    if ((key !== 'Escape' && !ends) || isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    void this.#close();
  }

  get beside() {
    return '.toasts, dialog';
  }

  get words() {
    return reader.value?.rectOf(this.#id);
  }

  putAway() {
    void this.#close();
  }
}

/** @param {EventTarget | null} target */
const isNote = (target) => /** @type {Element} */ (target).matches('textarea');

/**
 * @param {Highlight} highlight
 * @param {(colour: Highlight['colour']) => unknown} choose
 */
const colours = ({ id, colour: chosen }, choose) => html`
  <fieldset class="highlight-colours" aria-label=${t.colour}>
    ${HIGHLIGHT_COLOURS.map(
      (colour) => html`
        <label title=${t.colours[colour]} data-colour=${colour}>
          <input
            type="radio"
            class="unseen"
            name=${`colour-${id}`}
            .checked=${colour === chosen}
            @change=${() => choose(colour)}
          />
          <span class="swatch">Aa</span><span class="unseen">${t.colours[colour]}</span>
        </label>
      `,
    )}
  </fieldset>
`;
customElements.define('ew-highlight-card', HighlightCard);
