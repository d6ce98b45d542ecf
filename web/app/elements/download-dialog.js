import { html, nothing } from 'lit';
import { answerDownload } from '../actions.js';
import { size } from '../format.js';
import { state } from '../state.js';
import { View } from '../view.js';
import { dialogFrame } from './dialog.js';

/** Asks before a model is fetched. */
class DownloadDialog extends View {
  static topics = /** @type {const} */ (['download']);
  #answered = false;

  render() {
    const needed = state.download;
    if (!needed) return nothing;
    const title = state.status?.models.find(({ id }) => id === needed.model)?.title;
    return dialogFrame(
      'Download the speech model?',
      html`
        <p>
          To transcribe, this device needs the model <b>${title ?? needed.model}</b>:
          <b>${size(needed.bytes)}</b>, once. After that it works without a connection.
        </p>
        ${
          needed.metered
            ? html`<p class="notice">This connection counts data, or asks to save it.</p>`
            : nothing
        }
      `,
      html`
        <button type="button" class="secondary" @click=${() => this.#answer(false)}>Not now</button>
        <button type="button" @click=${() => this.#answer(true)}>Download</button>
      `,
    );
  }

  updated() {
    const dialog = this.querySelector('dialog');
    if (!dialog || dialog.open) return;
    this.#answered = false;
    dialog.addEventListener('close', () => this.#answer(false), { once: true });
    dialog.showModal();
  }

  /** @param {boolean} approved */
  #answer(approved) {
    if (this.#answered || !state.download) return;
    this.#answered = true;
    void answerDownload(approved);
  }
}
customElements.define('ew-download-dialog', DownloadDialog);
