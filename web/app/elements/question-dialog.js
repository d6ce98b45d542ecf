/** @import { ErrorView } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { View } from '../view.js';
import { dialogFrame } from './dialog.js';

/** Asks before something is lost; the words of the question are the library's. */
class QuestionDialog extends View {
  static properties = { question: { state: true }, yes: { state: true } };

  constructor() {
    super();
    /** @type {ErrorView | null} */
    this.question = null;
    this.yes = '';
  }

  render() {
    if (!this.question) return nothing;
    const { message, hint } = this.question;
    return dialogFrame(
      `${this.yes}?`,
      html`<p>${message}</p>
        <p class="quiet">${hint}</p>`,
      html`
        <form method="dialog" class="row-buttons">
          <button class="secondary">Keep it as it is</button>
          <button value="yes">${this.yes}</button>
        </form>
      `,
    );
  }

  /**
   * @param {ErrorView} question
   * @param {string} yes
   * @returns {Promise<boolean>}
   */
  async ask(question, yes) {
    this.question = question;
    this.yes = yes;
    await this.updateComplete;
    const dialog = /** @type {HTMLDialogElement} */ (this.querySelector('dialog'));
    dialog.returnValue = '';
    dialog.showModal();
    await new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
    this.question = null;
    return dialog.returnValue === 'yes';
  }
}

/**
 * @param {ErrorView} question
 * @param {string} yes what agreeing is called
 * @returns {Promise<boolean>} whether the user agreed
 */
export function ask(question, yes) {
  const dialog = document.querySelector('ew-question-dialog');
  return /** @type {QuestionDialog} */ (dialog).ask(question, yes);
}
customElements.define('ew-question-dialog', QuestionDialog);
