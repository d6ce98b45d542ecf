/** @import { ModelView, Settings, Status } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { changeSettings } from '../actions.js';
import { size, span } from '../format.js';
import { languageChoices, languageName } from '../languages.js';
import { store, update } from '../store.js';
import * as t from '../strings/settings.js';
import { diagnostics } from './diagnostics.js';
import { Dialog, dialogFrame } from './dialog.js';
import { serverSettings } from './server-settings.js';
import { storage } from './storage-panel.js';

const { mine, others } = languageChoices();

/** Every choice is saved as it is made. */
class SettingsDialog extends Dialog {
  render() {
    const { settingsOpen, status } = store;
    if (!settingsOpen) return nothing;
    return dialogFrame(
      t.settings,
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
    ${select(
      t.language,
      'language',
      settings.language,
      ['auto', ...mine, ...others].map((code) => [code, languageName(code)]),
    )}
    ${select(t.text, 'task', settings.task, [
      ['transcribe', t.asSpoken],
      ['translate', t.translated],
    ])}
    ${text(t.names, 'prompt', settings.prompt)}
    ${toggle(t.words, 'words', settings.words)}
    ${toggle(t.skipSilence, 'voice_activity', settings.voice_activity)}
    ${toggle(t.keepAudio, 'keep_audio', settings.keep_audio)}
    ${toggle(t.confirmDownload, 'confirm_download', settings.confirm_download)}
    <details>
      <summary>${t.performance}</summary>
      ${select(t.device, 'device', settings.device, [
        ['auto', t.automatic],
        ['wasm', t.processor],
        ['webgpu', t.graphicsCard],
      ])}
      ${select(
        t.threads,
        'threads',
        String(settings.threads),
        ['0', '1', '2', '4', '8'].map((n) => [n, n === '0' ? t.automatic : n]),
        Number,
      )}
    </details>
    ${storage(status)} ${diagnostics(status)}
  `;
}

/** @param {ModelView} model @param {string} chosen */
function modelChoice(model, chosen) {
  const { id, title, bytes, cached, realtime_factor: factor } = model;
  const facts = [
    size(bytes),
    cached ? t.onThisDevice : t.notDownloaded,
    factor ? t.speed(span(60 * factor)) : '',
  ];
  return html`
    <label>
      <input
        type="radio"
        name="model"
        .checked=${id === chosen}
        @change=${() => changeSettings({ model: id })}
      />
      <span>${title} <small>${facts.filter(Boolean).join(' · ')}</small></span>
    </label>
  `;
}

/**
 * @param {string} label
 * @param {keyof Settings} field
 * @param {string} value
 * @param {string[][]} options value and text
 * @param {(value: string) => unknown} [read]
 */
function select(label, field, value, options, read = String) {
  /** @param {Event} event */
  const change = (event) => {
    const chosen = /** @type {HTMLSelectElement} */ (event.target).value;
    void changeSettings({ [field]: read(chosen) });
  };
  return html`
    <label class="line">
      <span>${label}</span>
      <select @change=${change}>
        ${options.map(
          ([code = '', text]) => html`
            <option value=${code} .selected=${code === value}>${text}</option>
          `,
        )}
      </select>
    </label>
  `;
}

/** @param {string} label @param {keyof Settings} field @param {string} value */
function text(label, field, value) {
  /** @param {Event} event */
  const change = (event) =>
    changeSettings({ [field]: /** @type {HTMLInputElement} */ (event.target).value.trim() });
  return html`
    <label class="line">
      <span>${label}</span>
      <input .value=${value} maxlength="600" autocomplete="off" @change=${change} />
    </label>
  `;
}

/** @param {string} label @param {keyof Settings} field @param {boolean} on */
function toggle(label, field, on) {
  /** @param {Event} event */
  const change = (event) =>
    changeSettings({ [field]: /** @type {HTMLInputElement} */ (event.target).checked });
  return html`
    <label>
      <input type="checkbox" role="switch" .checked=${on} @change=${change} /> ${label}
    </label>
  `;
}
customElements.define('ew-settings-dialog', SettingsDialog);
