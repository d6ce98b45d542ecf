import { html, nothing } from 'lit';
import { allowServer } from '../actions.js';
import { size, span } from '../format.js';
import { state } from '../state.js';
import { View } from '../view.js';
import { dialogFrame } from './dialog.js';

/** Asks before the automatic choice sends anything away from this device. */
class ServerDialog extends View {
  static topics = /** @type {const} */ (['server']);
  #answered = false;

  render() {
    const needed = state.serverNeeded;
    if (!needed) return nothing;
    const { origin, name, bytes, reason, seconds } = needed;
    return dialogFrame(
      'Send recordings to a server?',
      html`
        <p>
          ${
            reason === 'cannot'
              ? html`This device cannot transcribe “${name}”.`
              : html`This device would take about ${span(seconds)} for “${name}”.`
          }
          The server can do it: the recording (${size(bytes)}), its name and your options would go to
          <b>${origin}</b>.
        </p>
        <p>
          If you agree, the same goes for later recordings that this device cannot do or would take
          too long for. The settings show it, and can take it back.
        </p>
      `,
      html`
        <button type="button" class="secondary" @click=${() => this.#answer(false)}>
          Keep them on this device
        </button>
        <button type="button" @click=${() => this.#answer(true)}>Allow sending</button>
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

  /** @param {boolean} allowed */
  #answer(allowed) {
    const needed = state.serverNeeded;
    if (this.#answered || !needed) return;
    this.#answered = true;
    state.clearServerNeeded();
    void allowServer(needed.origin, allowed);
  }
}
customElements.define('ew-server-dialog', ServerDialog);
