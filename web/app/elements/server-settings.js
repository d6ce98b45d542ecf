/** Where recordings are transcribed, and what a server needs to be told. */
/** @import { ServerView, Settings, Status } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { allowServer, changeSettings, checkServer } from '../actions.js';
import { store } from '../store.js';
import * as t from '../strings/server.js';
import { button } from './buttons.js';
import { given, line, radio, toggle } from './fields.js';

const PLACES = /** @type {const} */ (['device', 'server', 'auto']);

/** @param {Status} status */
export function serverSettings({ settings, server }) {
  const { where } = settings;
  return html`
    <fieldset>
      <legend>${t.whereToTranscribe}</legend>
      ${PLACES.map((place) => {
        const { title, about } = t.places[place];
        return radio('where', where === place, title, about, () =>
          changeSettings({ where: place }),
        );
      })}
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
        ${button(t.check, checkServer)}
        <span class="quiet" role="status">${store.serverCheck}</span>
      </p>
    </section>
  `;
}

/** What the choice means for what is private. @param {Settings} settings @param {ServerView} server */
const terms = ({ where }, { origin, kind, allowed }) => html`
  <p class="quiet">${t.terms(origin, kind)}</p>
  ${
    where === 'auto'
      ? toggle(t.withoutAsking, allowed, { change: (on) => allowServer(origin, on) })
      : nothing
  }
`;

/** @param {Settings} settings */
function limit({ server_after_s: after_s }) {
  const change = (/** @type {string} */ minutes) =>
    changeSettings({ server_after_s: Math.max(0, Number(minutes)) * 60 });
  return line(
    t.longerThan,
    html`<input
      type="number"
      min="0"
      max="10000"
      step="any"
      .value=${String(Math.round(after_s / 6) / 10)}
      @change=${given(change)}
    />`,
  );
}

/**
 * @param {string} label
 * @param {'server_url' | 'server_key' | 'server_model'} name
 * @param {string} value
 * @param {{ placeholder?: string, type?: string }} [more]
 */
const field = (label, name, value, { placeholder = '', type = 'text' } = {}) =>
  line(
    label,
    html`<input
      type=${type === 'password' ? 'password' : 'text'}
      inputmode=${type === 'url' ? 'url' : nothing}
      autocomplete="off"
      autocapitalize="off"
      spellcheck="false"
      placeholder=${placeholder}
      .value=${value}
      @change=${given((text) => changeSettings({ [name]: text }))}
    />`,
  );
