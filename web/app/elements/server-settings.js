/** The team's server: how it is reached, what is asked of it, what is sent to it. */
/** @import { ServerView, Settings, Status } from '../../generated/messages' */
/** @import { Option } from './fields.js' */
import { html, nothing } from 'lit';
import { allowServer, changeSettings, checkServer } from '../actions.js';
import { store } from '../store.js';
import * as t from '../strings/server.js';
import { button } from './buttons.js';
import { given, line, radio, select, toggle } from './fields.js';

const PLACES = /** @type {const} */ (['device', 'auto', 'server']);

/** @param {Status} status */
export function serverSettings({ settings, server }) {
  const { where } = settings;
  return html`
    <p class="quiet">${t.help}</p>
    ${field(t.name, 'server_name', settings.server_name, { placeholder: t.namePlaceholder })}
    ${field(t.address, 'server_url', settings.server_url, {
      placeholder: location.origin,
      type: 'url',
    })}
    ${field(t.key, 'server_key', settings.server_key, { type: 'password' })}
    <p class="connect">
      ${button(t.connect, checkServer)}
      <span class="quiet" role="status">${store.serverCheck}</span>
    </p>
    ${select(t.model, models(settings.server_model), settings.server_model, {
      change: (server_model) => changeSettings({ server_model }),
    })}
    ${toggle(t.searchLibrary, settings.search_server || Boolean(server?.allowed), {
      change: (search_server) => changeSettings({ search_server }),
      disabled: Boolean(server?.allowed),
    })}
    <fieldset>
      <legend>${t.sendNew}</legend>
      ${PLACES.map((place) => {
        const { title, about } = t.places[place];
        return radio('where', where === place, title, about, () =>
          changeSettings({ where: place }),
        );
      })}
    </fieldset>
    ${where === 'device' ? nothing : consequences(settings, server)}
  `;
}

/** @param {string} chosen */
function models(chosen) {
  const names = new Set([...store.serverModels, ...(chosen ? [chosen] : [])]);
  /** @type {Option[]} */
  return [['', t.serversOwn], ...[...names].map((name) => /** @type {Option} */ ([name, name]))];
}

/** What sending means for what is private. @param {Settings} settings @param {ServerView | null} server */
const consequences = (settings, server) => html`
  ${settings.where === 'auto' ? limit(settings) : nothing}
  ${server ? terms(settings, server) : html`<p class="notice">${t.notAnAddress}</p>`}
`;

/** @param {Settings} settings @param {ServerView} server */
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
 * @param {'server_name' | 'server_url' | 'server_key'} name
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
