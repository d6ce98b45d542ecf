/** @import { Status } from '../../generated/messages' */
import { html, nothing } from 'lit';
import {
  askToPersist,
  backupReminder,
  lastBackup_ms,
  loadBackup,
  remindOfBackup,
  saveBackup,
} from '../bin-and-backup.js';
import { size } from '../format.js';
import * as t from '../strings/settings.js';
import './bin-list.js';
import { button, fileButton } from './buttons.js';
import { line, toggle } from './fields.js';

/** What is kept here, how safe it is, and how to keep it elsewhere. @param {Status} status */
export const storage = (status) => html`
  <section aria-label=${t.storage}>
    <h3>${t.storage}</h3>
    <p>
      ${t.storageUsed(size(status.storage_used_bytes), size(status.storage_quota_bytes))}
      ${status.persisted ? t.persisted : t.notPersisted}
    </p>
    ${status.persisted ? nothing : button(t.askToPersist, askToPersist)}
    <progress
      aria-label=${t.usedLabel}
      max=${status.storage_quota_bytes || 1}
      .value=${status.storage_used_bytes}
    ></progress>
    <ew-bin-list></ew-bin-list>
  </section>
  <section aria-label=${t.backup}>
    <h3>${t.backup}</h3>
    <p>${t.backupHelp} <span class="quiet">${lastBackup()}</span></p>
    ${line(
      t.sealWith,
      html`<input
        id="backup-passphrase"
        type="password"
        autocomplete="new-password"
        placeholder=${t.sealPlaceholder}
      />`,
    )}
    <p class="quiet">${t.sealHelp}</p>
    <div class="row-buttons">
      ${button(t.saveWithRecordings, () => saveBackup(true, passphrase()))}
      ${button(t.saveWithout, () => saveBackup(false, passphrase()))}
      ${fileButton(t.loadBackup, loadBackup, { accept: '.zip,.sealed' })}
    </div>
    ${toggle(t.remindOfBackup, backupReminder(), { change: remindOfBackup })}
  </section>
`;

/** It is kept nowhere but in its field. */
const passphrase = () =>
  /** @type {HTMLInputElement} */ (document.querySelector('#backup-passphrase')).value;

/** When the last backup was saved here. */
function lastBackup() {
  const at_ms = lastBackup_ms.value;
  if (!at_ms) return t.noBackup;
  return t.lastBackup(new Date(at_ms).toLocaleDateString([], { dateStyle: 'medium' }));
}
