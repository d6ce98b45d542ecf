import { html, nothing } from 'lit';
import { library } from '../library-client.js';
import { state } from '../state.js';
import { View } from '../view.js';

/** Shown only when Python could not start: what happened, and the way back. */
class BootPanel extends View {
  static topics = /** @type {const} */ (['boot', 'library']);

  render() {
    if (state.stage !== 'failed') return nothing;
    const error = state.bootError;
    const waiting = [...state.pending.values()].length;
    return html`
      <article class="panel" data-tone="bad" role="alert">
        <p><strong>${error?.message ?? 'Earwitness could not start.'}</strong> ${error?.hint}</p>
        ${
          waiting
            ? html`<p>${waiting === 1 ? 'Your file waits' : `Your ${waiting} files wait`} until it
              works.</p>`
            : nothing
        }
        ${
          error?.detail
            ? html`<details><summary>Details</summary><pre>${error.detail}</pre></details>`
            : nothing
        }
        <button type="button" @click=${() => library.retry()}>Try again</button>
      </article>
    `;
  }
}
customElements.define('ew-boot-panel', BootPanel);
