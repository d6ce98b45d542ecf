/** @import { TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { BIN_DAYS } from '../../generated/constants.js';
import { deleted, emptyBin, restore } from '../bin-and-backup.js';
import { when } from '../format.js';
import { View } from '../view.js';
import './sure-button.js';

/** What was deleted in the last 30 days, to be brought back or deleted for good. */
class BinList extends View {
  static topics = /** @type {const} */ (['library']);
  static properties = { shown: { state: true }, opened: { state: true } };

  constructor() {
    super();
    /** @type {readonly TranscriptSummary[] | null} */
    this.shown = null;
    this.opened = false;
  }

  render() {
    return html`
      <details class="bin" @toggle=${this.#toggle}>
        <summary>Deleted transcripts</summary>
        <p class="quiet">They stay here for ${BIN_DAYS} days, with their recordings.</p>
        ${this.shown === null ? nothing : this.#list(this.shown)}
      </details>
    `;
  }

  /** @param {readonly TranscriptSummary[]} shown */
  #list(shown) {
    if (!shown.length) return html`<p class="quiet">The bin is empty.</p>`;
    return html`
      <ul class="rows">
        ${shown.map(
          ({ id, name, created_at }) => html`
            <li class="bin-row">
              <span id=${`bin-${id}`}>${name} <small>${when(created_at)}</small></span>
              <button
                type="button"
                class="small"
                aria-describedby=${`bin-${id}`}
                @click=${() => this.#change(() => restore(id))}
              >
                Restore
              </button>
            </li>
          `,
        )}
      </ul>
      <ew-sure-button
        label="Empty the bin now"
        question="Delete what is in the bin for good, with its recordings? It cannot be brought back."
        .act=${() => this.#change(emptyBin)}
      ></ew-sure-button>
    `;
  }

  /** @param {Event} event */
  #toggle(event) {
    this.opened = /** @type {HTMLDetailsElement} */ (event.target).open;
    if (this.opened) void this.#look();
  }

  /** @param {() => Promise<void>} work */
  async #change(work) {
    await work();
    await this.#look();
  }

  async #look() {
    this.shown = (await deleted()) ?? this.shown;
  }
}
customElements.define('ew-bin-list', BinList);
