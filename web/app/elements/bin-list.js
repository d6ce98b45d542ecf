/** @import { TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { BIN_DAYS } from '../../generated/constants.js';
import { deleted, emptyBin, restore } from '../bin-and-backup.js';
import { when } from '../format.js';
import { signal } from '../store.js';
import * as t from '../strings/settings.js';
import { View } from '../view.js';
import { button } from './buttons.js';

/** What was deleted in the last 30 days, to be brought back or deleted for good. */
class BinList extends View {
  #shown = signal(/** @type {readonly TranscriptSummary[] | null} */ (null));
  /** The user is asked to confirm that the bin is emptied. */
  #asking = signal(false);

  render() {
    return html`
      <details class="bin" @toggle=${this.#toggle}>
        <summary>${t.bin}</summary>
        <p class="quiet">${t.binHelp(BIN_DAYS)}</p>
        ${this.#shown.value === null ? nothing : this.#list(this.#shown.value)}
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
        this.#asking.value
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
    this.#asking.value = asking;
    await this.updateComplete;
    [...this.querySelectorAll('button')].at(-1)?.focus();
  }

  /** @param {Event} event */
  #toggle(event) {
    if (/** @type {HTMLDetailsElement} */ (event.target).open) void this.#look();
  }

  /** @param {() => Promise<void>} work */
  async #change(work) {
    this.#asking.value = false;
    await work();
    await this.#look();
  }

  async #look() {
    this.#shown.value = (await deleted()) ?? this.#shown.value;
  }
}
customElements.define('ew-bin-list', BinList);
