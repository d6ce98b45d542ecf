import { html, nothing } from 'lit';
import { changeSettings, openSettings } from '../actions.js';
import { openSample } from '../bin-and-backup.js';
import { addFiles } from '../files.js';
import { size } from '../format.js';
import * as icons from '../icons.js';
import { LANGUAGE_OPTIONS } from '../languages.js';
import { serverName } from '../server-name.js';
import { store } from '../store.js';
import { namesExample } from '../strings/dialogs.js';
import * as t from '../strings/page.js';
import { language, names } from '../strings/settings.js';
import { given, options } from './fields.js';

/** What the text side shows while nothing is open. */
export function welcome() {
  const settings = store.status?.settings ?? store.stored;
  return html`
    <div class="welcome">
      <h1>${t.welcome}</h1>
      ${whereItGoes(settings?.where ?? 'device')}
      <div class="drop">
        <p class="drop-here">${t.dropHere}</p>
        <label class="primary button">
          <input type="file" class="unseen" multiple accept="audio/*,video/*" @change=${take} />
          ${t.chooseFiles}
        </label>
        <p class="quiet">${t.orDropMore}</p>
        ${settings ? choices(settings) : nothing}
      </div>
      <button type="button" class="sample" @click=${openSample}>${icons.triangle} ${t.trySample}</button>
      ${firstDownload()}
      <p class="quiet">${t.findsEverything}</p>
    </div>
  `;
}

/** @param {Event} event */
function take(event) {
  const input = /** @type {HTMLInputElement} */ (event.target);
  if (input.files?.length) addFiles([...input.files]);
  input.value = '';
}

/** @param {'device' | 'server' | 'auto'} where */
function whereItGoes(where) {
  if (where === 'device') {
    return html`
      <p class="lead">${t.neverLeave}</p>
      <details class="how">
        <summary>${t.howWeMakeSure}</summary>
        <p>${t.howItStays}</p>
      </details>
    `;
  }
  const name = serverName(store.status?.server?.origin ?? '');
  return html`
    <p class="lead">
      ${where === 'server' ? t.sentTo(name) : t.maySendTo(name)}
      <button type="button" class="link" @click=${openSettings}>${t.change}</button>
    </p>
  `;
}

/** What most people would set before the first file. @param {import('../../generated/messages').Settings} settings */
const choices = (settings) => html`
  <div class="choices">
    <label>
      <span>${language}</span>
      <select @change=${given((code) => changeSettings({ language: code }))}>
        ${options(LANGUAGE_OPTIONS, settings.language)}
      </select>
    </label>
    <label>
      <span>${names}</span>
      <input
        .value=${settings.prompt}
        placeholder=${namesExample}
        maxlength="600"
        autocomplete="off"
        @change=${given((prompt) => changeSettings({ prompt }))}
      />
    </label>
  </div>
`;

/** Before the first download: what it is and how big. */
function firstDownload() {
  const { models = [], settings } = store.status ?? {};
  const chosen = models.find(({ id }) => id === settings?.model);
  if (!chosen || chosen.cached || settings?.where === 'server') return nothing;
  return html`<p class="quiet">${t.firstDownload(chosen.title, size(chosen.bytes))}</p>`;
}
