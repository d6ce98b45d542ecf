/** @import { ModelView, Settings, Status } from '../../generated/messages' */
/** @import { Option } from './fields.js' */
import { html, nothing } from 'lit';
import { changeSettings } from '../actions.js';
import { size, span } from '../format.js';
import { LANGUAGE_OPTIONS } from '../languages.js';
import { store, update } from '../store.js';
import { settings } from '../strings/page.js';
import * as t from '../strings/settings.js';
import { diagnostics } from './diagnostics.js';
import { Dialog, dialogFrame } from './dialog.js';
import { given, line, radio, select, toggle } from './fields.js';
import { serverSettings } from './server-settings.js';
import { storage } from './storage-panel.js';
import { termLists } from './term-lists.js';

/** @type {readonly Option[]} */
const DEVICES = [
  ['auto', t.automatic],
  ['wasm', t.processor],
  ['webgpu', t.graphicsCard],
];
/** @type {readonly Option[]} */
const THREADS = [
  ['0', t.automatic],
  ...['1', '2', '4', '8'].map((n) => /** @type {Option} */ ([n, n])),
];

/** Every choice is saved as it is made. */
class SettingsDialog extends Dialog {
  render() {
    const { settingsOpen, status } = store;
    if (!settingsOpen) return nothing;
    return dialogFrame(
      settings,
      status ? form(status) : html`<p class="quiet">${t.afterStart}</p>`,
      html`<form method="dialog"><button>${t.done}</button></form>`,
    );
  }

  closed() {
    update({ settingsOpen: false });
  }
}

/** @param {Status} status */
function form(status) {
  const { settings } = status;
  return html`
    ${serverSettings(status)}
    <fieldset>
      <legend>${settings.where === 'device' ? t.model : t.modelHere}</legend>
      ${status.models.map((model) => modelChoice(model, settings.model))}
    </fieldset>
    ${select(t.language, LANGUAGE_OPTIONS, settings.language, saved('language'))}
    ${select(t.text, t.tasks, settings.task, saved('task'))}
    ${line(
      t.names,
      html`<input
        .value=${settings.prompt}
        maxlength="600"
        autocomplete="off"
        @change=${given(saved('prompt').change)}
      />`,
    )}
    ${termLists(settings)}
    ${toggle(t.words, settings.words, saved('words'))}
    ${toggle(t.followLanguages, settings.follow_languages, saved('follow_languages'))}
    ${toggle(t.skipSilence, settings.voice_activity, saved('voice_activity'))}
    ${toggle(t.keepAudio, settings.keep_audio, saved('keep_audio'))}
    ${toggle(t.confirmDownload, settings.confirm_download, saved('confirm_download'))}
    <details>
      <summary>${t.performance}</summary>
      ${select(t.device, DEVICES, settings.device, saved('device'))}
      ${select(t.threads, THREADS, String(settings.threads), {
        change: (threads) => changeSettings({ threads: Number(threads) }),
      })}
    </details>
    ${storage(status)} ${diagnostics(status)}
  `;
}

/** Saves each new value of a setting. @param {keyof Settings} setting */
const saved = (setting) => ({
  change: (/** @type {string | boolean} */ value) => changeSettings({ [setting]: value }),
});

/** @param {ModelView} model @param {string} chosen */
function modelChoice({ id, title, bytes, cached, realtime_factor: factor }, chosen) {
  const facts = [
    size(bytes),
    cached ? t.onThisDevice : t.notDownloaded,
    ...(factor ? [t.speed(span(60 * factor))] : []),
  ];
  const choose = () => changeSettings({ model: id });
  return radio('model', id === chosen, title, facts.join(' · '), choose);
}
customElements.define('ew-settings-dialog', SettingsDialog);
