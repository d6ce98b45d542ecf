import { html, nothing } from 'lit';
import { answerDownload } from '../actions.js';
import { size } from '../format.js';
import { store } from '../store.js';
import * as t from '../strings/dialogs.js';
import { Dialog, dialogFrame, noOrYes } from './dialog.js';

/** Asks before a model is fetched. */
class DownloadDialog extends Dialog {
  render() {
    const needed = store.download;
    if (!needed) return nothing;
    const title = store.status?.models.find(({ id }) => id === needed.model)?.title;
    return dialogFrame(
      t.downloadModel,
      html`
        <p>${t.modelNeeded(title ?? needed.model, size(needed.bytes))}</p>
        ${needed.metered ? html`<p class="notice">${t.metered}</p>` : nothing}
      `,
      noOrYes(t.notNow, t.download),
    );
  }

  /** @param {string} value */
  closed(value) {
    void answerDownload(value === 'yes');
  }
}
customElements.define('ew-download-dialog', DownloadDialog);
