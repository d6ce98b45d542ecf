import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { state } from '../state.js';
import { dismiss } from '../toast-list.js';
import { View } from '../view.js';

/** Draws the notes; screen readers hear them. */
class ToastStack extends View {
  static topics = /** @type {const} */ (['toasts']);

  render() {
    return html`
      <div class="toasts" role="region" aria-label="Notes" aria-live="polite">
        ${repeat(
          state.toasts,
          ({ id }) => id,
          ({ id, text, hint, kind, action }) => html`
            <div class="toast" data-kind=${kind} role=${kind === 'error' ? 'alert' : nothing}>
              <p>${text} ${hint}</p>
              ${
                action
                  ? html`<button
                      type="button"
                      class="small"
                      @click=${() => {
                        dismiss(id);
                        action.run();
                      }}
                    >
                      ${action.label}
                    </button>`
                  : nothing
              }
              <button type="button" class="close" aria-label="Dismiss" @click=${() => dismiss(id)}></button>
            </div>
          `,
        )}
      </div>
    `;
  }
}
customElements.define('ew-toast-stack', ToastStack);
