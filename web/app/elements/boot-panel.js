import { html, nothing } from 'lit';
import { library } from '../library-client.js';
import { store } from '../store.js';
import { notStarted } from '../strings/errors.js';
import * as t from '../strings/page.js';
import { View } from '../view.js';

/** Shown only when Python could not start: what happened, and the way back. */
class BootPanel extends View {
  render() {
    if (store.stage !== 'failed') return nothing;
    const { message, hint, detail } = store.bootError ?? { ...notStarted, detail: '' };
    const waiting = store.pending.size;
    return html`
      <article class="panel" data-tone="bad" role="alert">
        <p><strong>${message}</strong> ${hint}</p>
        ${waiting ? html`<p>${t.filesWait(waiting)}</p>` : nothing}
        ${
          detail
            ? html`<details><summary>${t.details}</summary><pre>${detail}</pre></details>`
            : nothing
        }
        <button type="button" @click=${() => library.retry()}>${t.tryAgain}</button>
      </article>
    `;
  }
}
customElements.define('ew-boot-panel', BootPanel);
