/** @import { ExportFormat, FolderView } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { FOLDER_FORMATS } from '../../generated/constants.js';
import {
  allowFolder,
  changeFolder,
  chooseFolder,
  folder,
  showFolder,
  stopFolder,
} from '../folder.js';
import * as t from '../strings/folder.js';
import { tellError } from '../toasts.js';
import { View } from '../view.js';
import { button } from './buttons.js';
import { select, toggle } from './fields.js';

/** The folder that is kept in step; only where the browser lets the user choose one. */
class FolderPanel extends View {
  connectedCallback() {
    super.connectedCallback();
    showFolder().catch(tellError);
  }

  render() {
    const { mood, view } = folder.value;
    return html`
      <section aria-label=${t.folder}>
        <h3>${t.folder}</h3>
        <p>${t.help}</p>
        ${mood === 'off' || !view ? button(t.choose, chooseFolder) : this.#chosen(view)}
      </section>
    `;
  }

  /** @param {FolderView} view */
  #chosen({ name, formats, backup, recordings, texts, backup_day }) {
    const { mood, reason } = folder.value;
    const day = backup_day && new Date(`${backup_day}T12:00`);
    const told = {
      off: '',
      looking: t.inStep(name),
      asks: t.asks(name),
      failed: t.failed(reason),
    };
    /** @param {ExportFormat} format @param {boolean} on */
    const change = (format, on) =>
      changeFolder([...formats.filter((each) => each !== format), ...(on ? [format] : [])], backup);
    return html`
      <p role="status">
        ${told[mood]}
        <span class="quiet">
          ${t.done(recordings, texts)}
          ${day ? t.lastBackup(day.toLocaleDateString([], { dateStyle: 'medium' })) : nothing}
        </span>
      </p>
      <fieldset>
        <legend>${t.texts}</legend>
        ${FOLDER_FORMATS.map((format) =>
          toggle(t.formats[format], formats.includes(format), {
            change: (on) => change(format, on),
          }),
        )}
      </fieldset>
      ${select(t.backup, t.backups, backup, {
        change: (kind) => changeFolder(formats, /** @type {FolderView['backup']} */ (kind)),
      })}
      <p class="quiet">${t.backupHelp}</p>
      <div class="row-buttons">
        ${mood === 'asks' ? button(t.allow, allowFolder) : nothing}
        ${button(t.chooseOther, chooseFolder)} ${button(t.stop, stopFolder)}
      </div>
    `;
  }
}
customElements.define('ew-folder-panel', FolderPanel);
