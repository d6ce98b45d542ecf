import { html } from 'lit';
import { NAME_MAX } from '../../generated/constants.js';
import { rename } from '../actions.js';
import { titleOf } from '../format.js';
import { signal, store } from '../store.js';
import * as t from '../strings/head.js';
import { SummaryView } from '../view.js';

/** The recording's name; a click makes it editable. */
export class TranscriptTitle extends SummaryView {
  #editing = signal(false);

  render() {
    const title = titleOf(this.summary.name);
    if (!this.#editing.value) {
      return html`
        <h1 id="sheet-title">
          <button type="button" class="title" title=${t.rename} @click=${this.edit}>${title}</button>
        </h1>
      `;
    }
    return html`
      <form @submit=${this.#save}>
        <input
          id="sheet-title"
          name="name"
          aria-label=${t.name}
          maxlength=${NAME_MAX}
          autocomplete="off"
          required
          .value=${title}
          @keydown=${this.#key}
          @blur=${this.#save}
        />
      </form>
    `;
  }

  /** Let the user write another name, as soon as the library has the recording. */
  async edit() {
    if (store.pending.has(this.summary.id)) return;
    this.#editing.value = true;
    await this.updateComplete;
    this.querySelector('input')?.select();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === 'Escape') this.#close();
  }

  /** @param {Event} event */
  #save(event) {
    event.preventDefault();
    if (!this.#editing.value) return;
    const { id, name } = this.summary;
    const title = this.querySelector('input')?.value.trim();
    if (title && title !== titleOf(name)) void rename(id, title);
    this.#close(event.type === 'submit');
  }

  /** @param {boolean} [focus] the focus goes back to the title */
  async #close(focus = true) {
    this.#editing.value = false;
    await this.updateComplete;
    if (focus) this.querySelector('button')?.focus();
  }
}
customElements.define('ew-transcript-title', TranscriptTitle);
