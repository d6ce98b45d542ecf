import { html, nothing } from 'lit';
import { store } from '../store.js';
import * as t from '../strings/dialogs.js';
import { Dialog, dialogFrame } from './dialog.js';
import { line } from './fields.js';

/** Asks for the passphrase of a sealed backup. */
class PassphraseDialog extends Dialog {
  render() {
    if (!store.passphrase) return nothing;
    return dialogFrame(
      t.passphraseQuestion,
      html`
        <form id="passphrase" method="dialog">
          ${line(
            t.passphrase,
            html`<input name="passphrase" type="password" autocomplete="off" required autofocus />`,
          )}
          ${
            store.passphrase.wrong
              ? html`<p class="notice" role="alert">
                  <strong>${t.wrongPassphrase}</strong> ${t.wrongPassphraseHint}
                </p>`
              : nothing
          }
        </form>
      `,
      html`
        <form method="dialog" class="row-buttons">
          <button class="secondary">${t.cancel}</button>
          <button form="passphrase" value="open">${t.openBackup}</button>
        </form>
      `,
    );
  }

  /** @param {string} value */
  closed(value) {
    const typed = this.querySelector('input')?.value ?? '';
    store.passphrase?.answer(value === 'open' ? typed : null);
  }
}
customElements.define('ew-passphrase-dialog', PassphraseDialog);
