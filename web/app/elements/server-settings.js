/** Where recordings are transcribed, and what a server needs to be told. */
/** @import { ServerView, Settings, Status } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { allowServer, changeSettings, checkServer } from '../actions.js';
import { store } from '../store.js';
import * as t from '../strings/server.js';

const PLACES = /** @type {const} */ (['device', 'server', 'auto']);

/** @param {Status} status */
export function serverSettings({ settings, server }) {
  const { where } = settings;
  return html`
    <fieldset>
      <legend>${t.whereToTranscribe}</legend>
      ${PLACES.map(
        (value) => html`
          <label>
            <input
              type="radio"
              name="where"
              .checked=${where === value}
              @change=${() => changeSettings({ where: value })}
            />
            <span>${t.places[value].title} <small>${t.places[value].about}</small></span>
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
    <section aria-label=${t.server}>
      ${field(t.address, 'server_url', settings.server_url, {
        placeholder: location.origin,
        type: 'url',
      })}
      ${field(t.key, 'server_key', settings.server_key, { type: 'password' })}
      ${field(t.model, 'server_model', settings.server_model, { placeholder: t.serversOwn })}
      ${settings.where === 'auto' ? limit(settings) : nothing}
      ${server ? terms(settings, server) : html`<p class="notice">${t.notAnAddress}</p>`}
      <p>
        <button type="button" class="small" @click=${checkServer}>${t.check}</button>
        <span class="quiet" role="status">${store.serverCheck}</span>
      </p>
    </section>
  `;
}

/** What the choice means for what is private. @param {Settings} settings @param {ServerView} server */
function terms({ where }, { origin, kind, allowed }) {
  const change = (/** @type {Event} */ event) =>
    allowServer(origin, /** @type {HTMLInputElement} */ (event.target).checked);
  return html`
    <p class="quiet">${t.terms(origin, kind)}</p>
    ${
      where === 'auto'
        ? html`<label>
            <input type="checkbox" role="switch" .checked=${allowed} @change=${change} />
            ${t.withoutAsking}
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
      <span>${t.longerThan}</span>
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
