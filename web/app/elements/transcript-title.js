import { html } from 'lit';
import { NAME_MAX } from '../../generated/constants.js';
import { rename } from '../actions.js';
import { signal } from '../store.js';
import * as t from '../strings/transcript.js';
import { SummaryView } from '../view.js';
import { button } from './buttons.js';

/** The recording's name; a click makes it editable. */
class TranscriptTitle extends SummaryView {
  #editing = signal(false);

  render() {
    const { name } = this.summary;
    if (!this.#editing.value) {
      return html`
        <div class="title">
          <h1 id="sheet-title" @dblclick=${this.#edit}>${name}</h1>
          ${button(t.rename, () => this.#edit())}
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
    this.#editing.value = true;
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
    if (name && name !== this.summary.name) void rename(this.summary.id, name);
    this.#close();
  }

  async #close() {
    this.#editing.value = false;
    await this.updateComplete;
    this.querySelector('button')?.focus();
  }
}
customElements.define('ew-transcript-title', TranscriptTitle);
