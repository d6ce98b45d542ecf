/** Where recordings are transcribed, and what a server needs to be told. */
/** @import { ServerView, Settings, Status } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { allowServer, changeSettings, checkServer } from '../actions.js';
import { state } from '../state.js';

const PLACES = /** @type {const} */ ([
  ['device', 'This device', 'Nothing leaves it.'],
  ['server', 'A server', 'Every new recording is sent to it.'],
  [
    'auto',
    'Automatic',
    'The server gets only what this device cannot do, or would take too long for.',
  ],
]);

/** @param {Status} status */
export function serverSettings({ settings, server }) {
  const { where } = settings;
  return html`
    <fieldset>
      <legend>Where to transcribe</legend>
      ${PLACES.map(
        ([value, title, about]) => html`
          <label>
            <input
              type="radio"
              name="where"
              .checked=${where === value}
              @change=${() => changeSettings({ where: value })}
            />
            <span>${title} <small>${about}</small></span>
          </label>
        `,
      )}
    </fieldset>
    ${where === 'device' ? nothing : details(settings, server)}
  `;
}

/** @param {Settings} settings @param {ServerView | null} server */
function details(settings, server) {
  return html`
    <section aria-label="Server">
      ${field('Address', 'server_url', settings.server_url, {
        placeholder: location.origin,
        type: 'url',
      })}
      ${field('Key', 'server_key', settings.server_key, { type: 'password' })}
      ${field('Model', 'server_model', settings.server_model, { placeholder: 'the server’s own' })}
      ${settings.where === 'auto' ? limit(settings) : nothing}
      ${server ? terms(settings, server) : html`<p class="notice">This is no address of a server.</p>`}
      <p>
        <button type="button" class="small" @click=${checkServer}>Check the server</button>
        <span class="quiet" role="status">${state.serverCheck}</span>
      </p>
    </section>
  `;
}

/** What the choice means for what is private. @param {Settings} settings @param {ServerView} server */
function terms({ where }, { origin, kind, allowed }) {
  const kept =
    kind === 'earwitness'
      ? 'It deletes the audio when the words are there, and keeps the words for its search until you delete them.'
      : 'What it keeps is for its operator to say.';
  const change = (/** @type {Event} */ event) =>
    allowServer(origin, /** @type {HTMLInputElement} */ (event.target).checked);
  return html`
    <p class="quiet">Audio, file name and options go to <b>${origin}</b>. ${kept}</p>
    ${
      where === 'auto'
        ? html`<label>
            <input type="checkbox" role="switch" .checked=${allowed} @change=${change} />
            It may be sent there without asking me again
          </label>`
        : nothing
    }
  `;
}

/** @param {Settings} settings */
function limit({ server_after_s: after_s }) {
  const change = (/** @type {Event} */ event) => {
    const minutes = Number(/** @type {HTMLInputElement} */ (event.target).value);
    void changeSettings({ server_after_s: Math.max(0, minutes) * 60 });
  };
  return html`
    <label class="line">
      <span>If this device takes longer than (min)</span>
      <input
        type="number"
        min="0"
        max="10000"
        step="any"
        .value=${String(Math.round(after_s / 6) / 10)}
        @change=${change}
      />
    </label>
  `;
}

/**
 * @param {string} label
 * @param {'server_url' | 'server_key' | 'server_model'} name
 * @param {string} value
 * @param {{ placeholder?: string, type?: string }} [more]
 */
function field(label, name, value, { placeholder = '', type = 'text' } = {}) {
  const change = (/** @type {Event} */ event) => {
    const given = /** @type {HTMLInputElement} */ (event.target).value.trim();
    void changeSettings({ [name]: given });
  };
  return html`
    <label class="line">
      <span>${label}</span>
      <input
        type=${type === 'password' ? 'password' : 'text'}
        inputmode=${type === 'url' ? 'url' : nothing}
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        placeholder=${placeholder}
        .value=${value}
        @change=${change}
      />
    </label>
  `;
}
