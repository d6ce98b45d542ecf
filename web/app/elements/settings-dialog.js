/** @import { ModelView, Settings, Status } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { changeSettings, refresh } from '../actions.js';
import { size, span } from '../format.js';
import { languageChoices, languageName } from '../languages.js';
import { state } from '../state.js';
import { View } from '../view.js';
import { diagnostics } from './diagnostics.js';
import { dialogFrame } from './dialog.js';
import { serverSettings } from './server-settings.js';
import { storage } from './storage-panel.js';

const { mine, others } = languageChoices();

/** Every choice is saved as it is made. */
export class SettingsDialog extends View {
  static topics = /** @type {const} */ (['status', 'boot', 'offline']);

  static properties = { opened: { state: true } };

  constructor() {
    super();
    this.opened = false;
  }

  render() {
    if (!this.opened) return nothing;
    const { status } = state;
    return dialogFrame(
      'Settings',
      status
        ? this.#form(status)
        : html`<p class="quiet">The settings show as soon as Earwitness has started.</p>`,
      html`<form method="dialog"><button>Done</button></form>`,
    );
  }

  async open() {
    this.opened = true;
    await this.updateComplete;
    const dialog = this.querySelector('dialog');
    dialog?.addEventListener('close', () => {
      this.opened = false;
    });
    dialog?.showModal();
    if (state.stage === 'ready') void refresh();
  }

  /** @param {Status} status */
  #form(status) {
    const { settings } = status;
    return html`
      ${serverSettings(status)}
      <fieldset>
        <legend>Model${settings.where === 'device' ? '' : ' on this device'}</legend>
        ${status.models.map((model) => modelChoice(model, settings.model))}
      </fieldset>
      ${select(
        'Language of the recordings',
        'language',
        settings.language,
        ['auto', ...mine, ...others].map((code) => [code, languageName(code)]),
      )}
      ${select('Text', 'task', settings.task, [
        ['transcribe', 'In the language spoken'],
        ['translate', 'Translated to English'],
      ])}
      ${text('Names and terms to expect', 'prompt', settings.prompt)}
      ${toggle('Find the time of every word', 'words', settings.words)}
      ${toggle('Skip what is not speech', 'voice_activity', settings.voice_activity)}
      ${toggle('Keep the audio to play it beside the text', 'keep_audio', settings.keep_audio)}
      ${toggle('Ask before downloading a model over a metered connection', 'confirm_download', settings.confirm_download)}
      <details>
        <summary>How it computes</summary>
        ${select('Device', 'device', settings.device, [
          ['auto', 'Automatic'],
          ['wasm', 'Processor'],
          ['webgpu', 'Graphics card'],
        ])}
        ${select(
          'Threads',
          'threads',
          String(settings.threads),
          ['0', '1', '2', '4', '8'].map((n) => [n, n === '0' ? 'Automatic' : n]),
          Number,
        )}
      </details>
      ${storage(status)} ${diagnostics(status)}
    `;
  }
}

/** @param {ModelView} model @param {string} chosen */
function modelChoice(model, chosen) {
  const { id, title, bytes, cached, realtime_factor: factor } = model;
  const facts = [
    size(bytes),
    cached ? 'on this device' : 'not downloaded yet',
    factor ? `a minute of audio takes ${span(60 * factor)} here` : '',
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
