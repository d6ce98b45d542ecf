/** @import { Toast } from '../store.js' */
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { store } from '../store.js';
import * as t from '../strings/notes.js';
import { dismiss } from '../toasts.js';
import { View } from '../view.js';
import { button } from './buttons.js';

/**
 * Every stack there is, the page's own first: an open dialog brings one along, because all that is
 * outside of it can neither be clicked nor heard. The last one draws.
 * @type {ToastStack[]}
 */
const stacks = [];

/** Draws the notes; screen readers hear them. */
class ToastStack extends View {
  connectedCallback() {
    super.connectedCallback();
    stacks.at(-1)?.requestUpdate();
    stacks.push(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    stacks.splice(stacks.indexOf(this), 1);
    stacks.at(-1)?.requestUpdate();
  }

  render() {
    if (stacks.at(-1) !== this) return nothing;
    return html`
      <div class="toasts" role="region" aria-label=${t.notes} aria-live="polite">
        ${repeat(
          store.toasts,
          ({ id }) => id,
          ({ id, text, hint, kind, action, dismissed }) => html`
            <div class="toast" data-kind=${kind} role=${kind === 'error' ? 'alert' : nothing}>
              <p>${text} ${hint}</p>
              ${action ? button(action.label, () => run(id, action)) : nothing}
              <button type="button" class="close" aria-label=${t.dismiss} @click=${() => putAway(id, dismissed)}></button>
            </div>
          `,
        )}
      </div>
    `;
  }
}

/** @param {number} id @param {NonNullable<Toast['action']>} action */
function run(id, action) {
  if (!action.stays) dismiss(id);
  action.run();
}

/** @param {number} id @param {Toast['dismissed']} dismissed */
function putAway(id, dismissed) {
  dismiss(id);
  dismissed?.();
}
customElements.define('ew-toast-stack', ToastStack);
