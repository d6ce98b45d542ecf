import { html, nothing } from 'lit';
import { answerServer } from '../actions.js';
import { size, span } from '../format.js';
import { store } from '../store.js';
import * as t from '../strings/server.js';
import { Dialog, dialogFrame, noOrYes } from './dialog.js';

/** Asks before the automatic choice sends anything away from this device. */
class ServerDialog extends Dialog {
  render() {
    const needed = store.serverNeeded;
    if (!needed) return nothing;
    const { origin, name, bytes, reason, seconds } = needed;
    return dialogFrame(
      t.sendQuestion,
      html`
        <p>
          ${reason === 'cannot' ? t.deviceCannot(name) : t.deviceTakes(span(seconds), name)}
          ${t.whatIsSent(size(bytes), origin)}
        </p>
        <p>${t.sameForLater}</p>
      `,
      noOrYes(t.keepHere, t.allowSending),
    );
  }

  /** @param {string} value */
  closed(value) {
    answerServer(value === 'yes');
  }
}
customElements.define('ew-server-dialog', ServerDialog);
