/** @import { ModelView, Settings, Status } from '../../generated/messages' */
/** @import { Look } from '../appearance.js' */
/** @import { Option } from './fields.js' */
import { html, nothing } from 'lit';
import { changeSettings } from '../actions.js';
import { chooseLook, chosenLook } from '../appearance.js';
import { size, span } from '../format.js';
import { LANGUAGE_OPTIONS } from '../languages.js';
import { hasFolders } from '../platform.js';
import { notifies, showDoubts, showsDoubts, singleKeys, useSingleKeys } from '../preferences.js';
import { canNotify, notify } from '../queue-end.js';
import { countText, speakerCount } from '../speaker-count.js';
import { forgetVoices } from '../speakers.js';
import { signal, store, update } from '../store.js';
import { namesExample } from '../strings/dialogs.js';
import { extensions } from '../strings/extensions.js';
import * as notifications from '../strings/notifications.js';
import { settings } from '../strings/page.js';
import * as t from '../strings/settings.js';
import * as keys from '../strings/shortcuts.js';
import * as voices from '../strings/speakers.js';
import { button } from './buttons.js';
import { diagnostics } from './diagnostics.js';
import { Dialog, dialogFrame } from './dialog.js';
import './extension-list.js';
import { given, line, radio, select, toggle } from './fields.js';
import { serverSettings } from './server-settings.js';
import { countField } from './speakers-panel.js';
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

/** The sections in their order, with what each of them shows. */
const SECTIONS = /** @type {const} */ ([
  [t.transcription, transcription],
  [t.privacy, privacy],
  [t.team, serverSettings],
  [extensions, () => html`<ew-extension-list></ew-extension-list>`],
  [t.appearance, appearance],
  [t.problem, problem],
]);

/** Every choice is saved as it is made. */
class SettingsDialog extends Dialog {
  #shown = signal(/** @type {string} */ (t.transcription));

  render() {
    const { settingsOpen, status } = store;
    if (!settingsOpen) return nothing;
    return dialogFrame(
      settings,
      status ? this.#sections(status) : html`<p class="quiet">${t.afterStart}</p>`,
      nothing,
      'wide settings',
    );
  }

  closed() {
    update({ settingsOpen: false });
    this.#shown.value = t.transcription;
  }

  /** @param {Status} status */
  #sections(status) {
    return html`
      <div class="sections">
        <nav aria-label=${t.sections}>
          ${SECTIONS.map(
            ([title]) => html`
              <button
                type="button"
                aria-current=${title === this.#shown.value ? 'true' : nothing}
                @click=${() => {
                  this.#shown.value = title;
                }}
              >
                ${title}
              </button>
            `,
          )}
        </nav>
        ${SECTIONS.map(
          ([title, show]) => html`
            <section aria-label=${title} ?hidden=${title !== this.#shown.value}>
              ${show(status)}
            </section>
          `,
        )}
      </div>
    `;
  }
}

/** @param {Status} status */
function transcription(status) {
  const { settings, models } = status;
  return html`
    <fieldset>
      <legend>${settings.where === 'device' ? t.model : t.modelHere}</legend>
      ${models.map((model) => modelChoice(model, settings.model))}
    </fieldset>
    ${select(t.language, LANGUAGE_OPTIONS, settings.language, saved('language'))}
    ${select(t.text, t.tasks, settings.task, saved('task'))}
    ${line(
      t.names,
      html`<input
        .value=${settings.prompt}
        placeholder=${namesExample}
        maxlength="600"
        autocomplete="off"
        @change=${given(saved('prompt').change)}
      />`,
    )}
    ${termLists(settings)}
    ${toggle(t.words, settings.words, saved('words'))}
    ${toggle(t.followLanguages, settings.follow_languages, saved('follow_languages'))}
    ${speakerChoice(status)}
    ${toggle(t.skipSilence, settings.voice_activity, saved('voice_activity'))}
    ${toggle(t.confirmDownload, settings.confirm_download, saved('confirm_download'))}
    ${canNotify() ? toggle(notifications.notify, notifies.value, { change: notify }) : nothing}
  `;
}

/** @param {Status} status */
function privacy(status) {
  return html`
    ${toggle(t.keepAudio, status.settings.keep_audio, saved('keep_audio'))}
    ${knownVoices(status.known_voices ?? [])} ${storage(status)}
    ${hasFolders() ? folderPanel() : nothing}
  `;
}

/** Few use one: its code is loaded when the settings show. */
function folderPanel() {
  void import('./folder-panel.js');
  return html`<ew-folder-panel></ew-folder-panel>`;
}

/** @param {readonly string[]} names */
const knownVoices = (names) =>
  names.length
    ? html`
        <h3>${voices.knownVoices}</h3>
        <p class="quiet">${voices.knownVoicesHelp}</p>
        <p class="row-buttons">
          ${names.map((name) => button(voices.forget(name), () => forgetVoices(name)))}
          ${
            names.length > 1
              ? button(voices.forgetAll, () => forgetVoices(), { danger: true })
              : nothing
          }
        </p>
      `
    : nothing;

function appearance() {
  return html`
    ${look(t.theme, 'theme', t.themes, 'system')}
    ${look(t.textSize, 'text', t.textSizes, 'normal')}
    ${look(t.textWidth, 'width', t.textWidths, 'normal')}
    ${toggle(keys.showDoubts, showsDoubts.value, { change: showDoubts })}
    ${toggle(keys.singleKeys, singleKeys.value, { change: useSingleKeys })}
    <p class="quiet">${keys.singleKeysHelp}</p>
  `;
}

/** @param {string} label @param {Look} name @param {readonly Option[]} choices @param {string} usual */
const look = (label, name, choices, usual) =>
  select(label, choices, chosenLook(name, usual), { change: (value) => chooseLook(name, value) });

/** @param {Status} status */
function problem(status) {
  const { device, threads } = status.settings;
  return html`
    <h3>${t.performance}</h3>
    ${select(t.device, DEVICES, device, saved('device'))}
    ${select(t.threads, THREADS, String(threads), {
      change: (count) => changeSettings({ threads: Number(count) }),
    })}
    <h3>${t.diagnostics}</h3>
    ${diagnostics(status)}
  `;
}

/** @param {Status} status */
function speakerChoice({ settings: { speakers }, speaker_models: models }) {
  if (!models) return nothing;
  const on = speakers !== false;
  const count = (/** @type {string} */ text) => {
    const speakers = speakerCount(text);
    if (speakers !== null) void changeSettings({ speakers });
  };
  return html`
    ${toggle(voices.tellApart, on, { change: (on) => changeSettings({ speakers: on }) })}
    ${on ? line(voices.howMany, countField(countText(speakers), count)) : nothing}
    ${models.cached ? nothing : html`<small>${voices.download(size(models.bytes))}</small>`}
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
