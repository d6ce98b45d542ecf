import { html, nothing } from 'lit';
import { close } from '../strings/dialogs.js';
import { View } from '../view.js';
import './toast-stack.js';

/** A modal dialog that is there as long as the store wants it. */
export class Dialog extends View {
  /**
   * The dialog is closed, by a button of its form or in another way.
   * @param {string} _value of that button; else empty
   */
  closed(_value) {}

  updated() {
    const dialog = this.querySelector('dialog');
    if (!dialog || dialog.open) return;
    dialog.returnValue = '';
    dialog.addEventListener('close', () => this.closed(dialog.returnValue), { once: true });
    dialog.showModal();
  }
}

/**
 * The frame of a dialog; the browser keeps the focus inside and gives it back. Notes show in it.
 * @param {string} title
 * @param {unknown} body
 * @param {unknown} [foot]
 * @param {string} [kind] class of the dialog
 */
export const dialogFrame = (title, body, foot = nothing, kind = '') => html`
  <dialog class=${kind} aria-label=${title}>
    <article>
      <header>
        <form method="dialog">
          <button class="close" aria-label=${close}></button>
        </form>
        <h2 tabindex="-1" autofocus>${title}</h2>
      </header>
      ${body}
      ${foot === nothing ? nothing : html`<footer>${foot}</footer>`}
    </article>
    <ew-toast-stack></ew-toast-stack>
  </dialog>
`;
