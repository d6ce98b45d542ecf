import { html, nothing } from 'lit';
import { store } from '../store.js';
import * as t from '../strings/dialogs.js';
import { Dialog, dialogFrame, noOrYes } from './dialog.js';

/** Asks before something is lost; the words of the question are the library's. */
class QuestionDialog extends Dialog {
  render() {
    if (!store.question) return nothing;
    const { view, yes } = store.question;
    return dialogFrame(
      t.question(yes),
      html`<p>${view.message}</p>
        <p class="quiet">${view.hint}</p>`,
      noOrYes(t.keepAsItIs, yes),
    );
  }

  /** @param {string} value */
  closed(value) {
    store.question?.answer(value === 'yes');
  }
}
customElements.define('ew-question-dialog', QuestionDialog);
