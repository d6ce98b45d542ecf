/** @import { TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { NAME_MAX } from '../../generated/constants.js';
import { rename } from '../actions.js';
import * as t from '../strings/transcript.js';
import { View } from '../view.js';

/** The recording's name; a click makes it editable. */
class TranscriptTitle extends View {
  static properties = { summary: { attribute: false }, editing: { state: true } };

  constructor() {
    super();
    /** @type {TranscriptSummary | null} */
    this.summary = null;
    this.editing = false;
  }

  render() {
    if (!this.summary) return nothing;
    const { name } = this.summary;
    if (!this.editing) {
      return html`
        <div class="title">
          <h1 id="sheet-title" @dblclick=${this.#edit}>${name}</h1>
          <button type="button" class="small" @click=${this.#edit}>${t.rename}</button>
        </div>
      `;
    }
    return html`
      <form class="title" @submit=${this.#save}>
        <input
          id="sheet-title"
          name="name"
          aria-label=${t.name}
          maxlength=${NAME_MAX}
          required
          .value=${name}
          @keydown=${this.#key}
        />
        <button type="submit" class="small">${t.save}</button>
      </form>
    `;
  }

  async #edit() {
    this.editing = true;
    await this.updateComplete;
    this.querySelector('input')?.select();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === 'Escape') this.#close();
  }

  /** @param {SubmitEvent} event */
  #save(event) {
    event.preventDefault();
    const name = this.querySelector('input')?.value.trim();
    if (name && this.summary && name !== this.summary.name) void rename(this.summary.id, name);
    this.#close();
  }

  async #close() {
    this.editing = false;
    await this.updateComplete;
    this.querySelector('button')?.focus();
  }
}
customElements.define('ew-transcript-title', TranscriptTitle);
