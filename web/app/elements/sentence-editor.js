/** @import { Segment } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { editSegment } from '../actions.js';
import { update } from '../store.js';
import { correctionNotSaved, correctionSaved } from '../strings/notes.js';
import * as t from '../strings/transcript.js';
import { note } from '../toasts.js';
import { View } from '../view.js';
import { button } from './buttons.js';

/** Corrects one sentence where it stands; sends `close` when the user has done with it. */
export class SentenceEditor extends View {
  /**
   * @param {string} transcript
   * @param {number} index of the segment in the transcript
   * @param {Segment} segment
   * @param {number} caret where it is put in the sentence
   */
  constructor(transcript, index, segment, caret) {
    super();
    this.transcript = transcript;
    this.index = index;
    this.segment = segment;
    this.caret = caret;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    void this.#leave();
  }

  firstUpdated() {
    const area = this.querySelector('textarea');
    // Where it stands was chosen by a pointer or a key: the view stays where it is.
    area?.focus({ preventScroll: true });
    area?.setSelectionRange(this.caret, this.caret);
  }

  render() {
    const { text, heard } = this.segment;
    return html`
      <form class="editor" @submit=${this.#save} @keydown=${this.#key}>
        <textarea
          aria-label=${t.editor}
          rows="2"
          dir="auto"
          .value=${text.trim()}
          @input=${this.#input}
        ></textarea>
        ${heard ? this.#heard(heard) : nothing}
        <div class="row-buttons">
          <button type="submit" class="small">${t.save}</button>
          ${button(t.keepAsItWas, () => this.#close())}
        </div>
      </form>
    `;
  }

  /** @param {string} heard */
  #heard(heard) {
    return html`
      <p class="quiet">
        ${t.heard(html`<span dir="auto">${heard.trim()}</span>`)}
        ${button(t.useHeard, () => this.#keep(heard.trim()))}
      </p>
    `;
  }

  /** What was typed and is not saved yet; null while nothing was changed. @type {string | null} */
  #typed = null;

  /** @param {string | null} text */
  #setTyped(text) {
    if ((text === null) !== (this.#typed === null)) {
      update(({ drafts }) => {
        const others = [...drafts].filter((each) => each !== this);
        return { drafts: new Set(text === null ? others : [...others, this]) };
      });
    }
    this.#typed = text;
  }

  /** @param {Event} event */
  #input(event) {
    const text = /** @type {HTMLTextAreaElement} */ (event.target).value.trim();
    this.#setTyped(text === this.segment.text.trim() ? null : text);
  }

  /** The editor goes away without having been asked to: what was typed is saved. */
  async #leave() {
    const text = this.#typed;
    this.#setTyped(null);
    if (text === null) return;
    if (await editSegment(this.transcript, this.index, text)) note(correctionSaved);
    else note(correctionNotSaved(text), { stays: true });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === 'Escape') this.#close();
    else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) this.#save(event);
    else return;
    event.stopPropagation();
  }

  /** @param {Event} event */
  #save(event) {
    if (event.target instanceof HTMLButtonElement && event.type === 'keydown') return;
    event.preventDefault();
    void this.#keep(this.querySelector('textarea')?.value.trim() ?? '');
  }

  /** @param {string} text */
  async #keep(text) {
    const same = text === this.segment.text.trim();
    if (!same) {
      // It is saved below: a text that is drawn anew meanwhile must not save it once more.
      const typed = this.#typed;
      this.#typed = null;
      if (!(await editSegment(this.transcript, this.index, text))) {
        this.#typed = typed;
        return;
      }
      this.#typed = typed;
    }
    this.#close();
  }

  #close() {
    this.#setTyped(null);
    this.dispatchEvent(new Event('close'));
  }
}
customElements.define('ew-sentence-editor', SentenceEditor);
