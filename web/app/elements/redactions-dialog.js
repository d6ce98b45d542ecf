/** @import { RedactedPart } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { clock } from '../format.js';
import { change } from '../history.js';
import { ask } from '../questions.js';
import { reader } from '../reader.js';
import { listRedactions, makeRedactionsFinal } from '../redactions.js';
import { signal, store, summaryOf } from '../store.js';
import * as t from '../strings/redactions.js';
import { dismiss, note, tellError } from '../toasts.js';
import { button } from './buttons.js';
import { Dialog, dialogFrame } from './dialog.js';

/** @type {import('@preact/signals-core').Signal<boolean>} */
const open = signal(false);

/** Show what is redacted in the transcript on show. */
export function openRedactions() {
  open.value = true;
}

/** What is redacted, with the words for the user; each can be shown again until it is final. */
class RedactionsDialog extends Dialog {
  #parts = signal(/** @type {readonly RedactedPart[]} */ ([]));
  #busy = signal(false);
  /** The text whose redactions are here. */
  #known = '';

  render() {
    const { opened } = store;
    if (!open.value || !opened) return nothing;
    const known = `${opened.id} ${opened.transcript?.revision}`;
    if (known !== this.#known) void this.#read(opened.id, known);
    const parts = this.#parts.value;
    const isOpen = parts.some(({ final }) => !final);
    return dialogFrame(
      t.redactions,
      html`
        ${isOpen ? html`<p class="quiet">${t.notFinalYet}</p>` : nothing}
        ${
          parts.length
            ? html`<ol class="redactions">${parts.map((part) => this.#part(opened.id, part))}</ol>`
            : html`<p>${t.none}</p>`
        }
      `,
      isOpen
        ? button(t.makeFinal, () => this.#ask(opened.id), {
            danger: true,
            disabled: this.#busy.value,
          })
        : nothing,
    );
  }

  closed() {
    open.value = false;
    this.#known = '';
  }

  /** @param {string} id @param {string} known */
  async #read(id, known) {
    this.#known = known;
    try {
      const parts = await listRedactions(id);
      if (known === this.#known) this.#parts.value = parts;
    } catch (thrown) {
      tellError(thrown);
    }
  }

  /** @param {string} transcript_id @param {RedactedPart} part */
  #part(transcript_id, { id, start_s, segment, text, final }) {
    const name = `redaction-${id}`;
    const at = clock(start_s);
    return html`
      <li>
        ${
          segment === null
            ? html`<span class="quiet">${at}</span>`
            : button(at, () => this.#go(segment), { title: t.goTo(at) })
        }
        <span id=${name} dir="auto">${final ? t.final : text || t.noWords}</span>
        ${
          final
            ? nothing
            : button(t.showAgain, () => this.#show(transcript_id, id), { described: name })
        }
      </li>
    `;
  }

  /** @param {number} segment */
  #go(segment) {
    this.querySelector('dialog')?.close();
    void reader.value?.go(segment, { flash: true });
  }

  /** @param {string} transcript_id @param {string} id */
  async #show(transcript_id, id) {
    await change({ type: 'update', transcript_id, unredact: [id] });
  }

  /** @param {string} id */
  async #ask(id) {
    const parts = this.#parts.value.filter(({ final }) => !final);
    const words = parts.reduce(
      (sum, { text }) => sum + text.split(/\s+/).filter(Boolean).length,
      0,
    );
    const seconds = parts.reduce((sum, { start_s, end_s }) => sum + end_s - start_s, 0);
    const isSilenced = summaryOf(id)?.audio_kept ?? false;
    const message = t.whatGoes(words, Math.max(1, Math.round(seconds)), isSilenced);
    const view = { type: 'BadRequestError', message, hint: t.whatStays, detail: '' };
    if ((await ask({ view, yes: t.makeFinal, danger: true })) === 'yes') await this.#makeFinal(id);
  }

  /** @param {string} id */
  async #makeFinal(id) {
    this.#busy.value = true;
    const told = note(t.silencing, { stays: true });
    try {
      const server = await makeRedactionsFinal(id);
      note(server ? t.serverMissed(server) : t.madeFinal, { stays: Boolean(server) });
    } catch (thrown) {
      tellError(thrown);
    } finally {
      dismiss(told);
      this.#busy.value = false;
    }
  }
}
customElements.define('ew-redactions-dialog', RedactionsDialog);
