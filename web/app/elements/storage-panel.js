/** @import { Status } from '../../generated/messages' */
import { html } from 'lit';
import { loadBackup, saveBackup } from '../bin-and-backup.js';
import { size } from '../format.js';
import './bin-list.js';

/** What is kept here, how safe it is, and how to keep it elsewhere. @param {Status} status */
export const storage = (status) => html`
  <section aria-label="Storage">
    <h3>Storage</h3>
    <p>
      ${size(status.storage_used_bytes)} used of
      ${size(status.storage_quota_bytes)} that this browser offers.
      ${
        status.persisted
          ? 'The browser promised to keep it.'
          : 'The browser may clear it when the disk runs full.'
      }
    </p>
    <progress
      aria-label="Storage used"
      max=${status.storage_quota_bytes || 1}
      .value=${status.storage_used_bytes}
    ></progress>
    <ew-bin-list></ew-bin-list>
  </section>
  <section aria-label="Backup">
    <h3>Backup</h3>
    <p>
      Everything in one file: texts, corrections, names and tags. Loading one adds what is not here
      yet and changes nothing else.
    </p>
    <div class="row-buttons">
      <button type="button" class="small" @click=${() => saveBackup(true)}>
        Save with recordings
      </button>
      <button type="button" class="small" @click=${() => saveBackup(false)}>
        Save without recordings
      </button>
      <label class="small button">
        <input type="file" class="unseen" accept=".zip" @change=${chosen} />
        Load a backup
      </label>
    </div>
  </section>
`;

/** @param {Event} event */
function chosen(event) {
  const input = /** @type {HTMLInputElement} */ (event.currentTarget);
  const [file] = input.files ?? [];
  if (file) void loadBackup(file);
  input.value = '';
}
