/** @import { TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { BIN_DAYS } from '../../generated/constants.js';
import { deleted, emptyBin, restore } from '../bin-and-backup.js';
import { when } from '../format.js';
import * as t from '../strings/settings.js';
import { View } from '../view.js';
import { button } from './buttons.js';

/** What was deleted in the last 30 days, to be brought back or deleted for good. */
class BinList extends View {
  static properties = { shown: { state: true }, asking: { state: true } };

  constructor() {
    super();
    /** @type {readonly TranscriptSummary[] | null} */
    this.shown = null;
    /** The user is asked to confirm that the bin is emptied. */
    this.asking = false;
  }

  render() {
    return html`
      <details class="bin" @toggle=${this.#toggle}>
        <summary>${t.bin}</summary>
        <p class="quiet">${t.binHelp(BIN_DAYS)}</p>
        ${this.shown === null ? nothing : this.#list(this.shown)}
      </details>
    `;
  }

  /** @param {readonly TranscriptSummary[]} shown */
  #list(shown) {
    if (!shown.length) return html`<p class="quiet">${t.binEmpty}</p>`;
    return html`
      <ul class="rows">
        ${shown.map(
          ({ id, name, created_at }) => html`
            <li class="bin-row">
              <span id=${`bin-${id}`}>${name} <small>${when(created_at)}</small></span>
              ${button(t.restore, () => this.#change(() => restore([id])), { described: `bin-${id}` })}
            </li>
          `,
        )}
      </ul>
      ${
        this.asking
          ? html`<div class="sure">
              <p role="alert">${t.emptyBinQuestion}</p>
              ${button(t.emptyBin, () => this.#change(emptyBin), { danger: true })}
              ${button(t.keep, () => this.#ask(false))}
            </div>`
          : button(t.emptyBin, () => this.#ask(true))
      }
    `;
  }

  /** The focus goes to what does no harm, the last button. @param {boolean} asking */
  async #ask(asking) {
    this.asking = asking;
    await this.updateComplete;
    [...this.querySelectorAll('button')].at(-1)?.focus();
  }

  /** @param {Event} event */
  #toggle(event) {
    if (/** @type {HTMLDetailsElement} */ (event.target).open) void this.#look();
  }

  /** @param {() => Promise<void>} work */
  async #change(work) {
    this.asking = false;
    await work();
    await this.#look();
  }

  async #look() {
    this.shown = (await deleted()) ?? this.shown;
  }
}
customElements.define('ew-bin-list', BinList);
