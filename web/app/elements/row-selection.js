/** @import { ExportFormat } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { EXTENSIONS, TAG_MAX } from '../../generated/constants.js';
import { openExport } from '../export-choices.js';
import * as icons from '../icons.js';
import {
  chosen,
  clearSelection,
  exportSelected,
  removeSelected,
  runSelectedAgain,
  tagSelected,
} from '../row-selection.js';
import { signal, store } from '../store.js';
import { withOptions } from '../strings/export.js';
import { formats } from '../strings/head.js';
import * as t from '../strings/library.js';
import { View } from '../view.js';
import { button, iconButton } from './buttons.js';
import { menu } from './menu.js';

/** What can be done with the selected recordings. */
class RowSelection extends View {
  #tagging = signal(false);

  render() {
    if (!store.selection.size || store.query.trim()) return nothing;
    return html`
      <section class="row-selection" aria-label=${t.selection} @keydown=${this.#key}>
        <div class="row-selection-head">
          <strong role="status">${t.selected(chosen().length)}</strong>
          ${iconButton(icons.cross, t.endSelection, clearSelection)}
        </div>
        ${this.#tagging.value ? this.#form() : nothing}
        <div class="row-buttons">
          ${button(t.addTag, () => this.#ask())}
          ${menu('row-selection-export', t.exportSelected, [
            { label: withOptions, run: () => openExport(chosen().map(({ id }) => id)) },
            ...Object.entries(formats).map(([format, label]) => ({
              label: html`${label} <small>.${EXTENSIONS[/** @type {ExportFormat} */ (format)]}</small>`,
              run: () => exportSelected(/** @type {ExportFormat} */ (format)),
            })),
          ])}
          ${button(t.transcribeAgain, runSelectedAgain)} ${button(t.remove, removeSelected)}
        </div>
      </section>
    `;
  }

  #form() {
    return html`
      <form @submit=${this.#tag}>
        <input
          name="tag"
          aria-label=${t.tagName}
          placeholder=${t.tagName}
          maxlength=${TAG_MAX}
          list="row-selection-tags"
          autocomplete="off"
          required
        />
        <datalist id="row-selection-tags">
          ${store.tags.map((tag) => html`<option value=${tag}></option>`)}
        </datalist>
        <button type="submit" class="small">${t.addTag}</button>
      </form>
    `;
  }

  async #ask() {
    this.#tagging.value = !this.#tagging.value;
    await this.updateComplete;
    this.querySelector('input')?.focus();
  }

  /** @param {SubmitEvent} event */
  #tag(event) {
    event.preventDefault();
    const tag = this.querySelector('input')?.value.trim();
    this.#tagging.value = false;
    if (tag) void tagSelected(tag);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === 'Escape') clearSelection();
  }
}
customElements.define('ew-row-selection', RowSelection);
