/** @import { Days } from '../date-filter.js' */
/** @import { Option } from './fields.js' */
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { sortBy } from '../actions.js';
import { daysOf, wordOf } from '../date-filter.js';
import * as icons from '../icons.js';
import { languageName } from '../languages.js';
import { startSelection } from '../row-selection.js';
import { filter } from '../search.js';
import { signal, store } from '../store.js';
import * as t from '../strings/library.js';
import { View } from '../view.js';
import { given, options } from './fields.js';
import { menu } from './menu.js';

const ORDERS = /** @type {const} */ ([
  ['date', t.newestFirst],
  ['name', t.byName],
  ['length', t.longestFirst],
]);

/** Narrows search and list down, and says in which order the list is. */
class SearchFilters extends View {
  render() {
    if (!store.hasRows && !store.searchable) return nothing;
    return html`
      <div class="filters">
        ${choice('language', t.anyLanguage, t.languageFilter, store.languages, languageName)}
        ${choice('tag', t.anyTag, t.tagFilter, store.tags, String)}
        ${
          store.speakers.length || store.filter.speaker
            ? choice('speaker', t.anySpeaker, t.speakerFilter, store.speakers, String)
            : nothing
        }
        ${
          store.labels.length || store.filter.label
            ? choice('label', t.anyLabel, t.labelFilter, store.labels, String)
            : nothing
        }
        ${dateChoice()}
        ${menu('list-menu', t.sortAndSelect, items(), { icon: icons.order })}
        ${dateFields()}
      </div>
    `;
  }
}

/** While results are on show there is no list to sort. */
const items = () => [
  ...ORDERS.map(([order, label]) => ({
    label,
    current: store.sort === order,
    run: () => sortBy(order),
  })),
  ...(store.history.length ? [{ label: t.selectSeveral, run: startSelection }] : []),
];

/**
 * @param {'language' | 'tag' | 'speaker' | 'label'} field
 * @param {string} all what no choice stands for
 * @param {string} title what shows while nothing is chosen
 * @param {readonly string[]} values
 * @param {(value: string) => string} name
 */
function choice(field, all, title, values, name) {
  const chosen = store.filter[field];
  const listed = [...new Set([...values, ...(chosen ? [chosen] : [])])];
  /** @type {Option[]} */
  const list = [
    ['', chosen ? all : title],
    ...listed.map((value) => /** @type {Option} */ ([value, name(value)])),
  ];
  return html`
    <select
      aria-label=${all}
      ?data-chosen=${Boolean(chosen)}
      @change=${given((value) => filter({ [field]: value }))}
    >
      ${options(list, chosen)}
    </select>
  `;
}
/** Quick choices, and two dates. */
const CHOOSE = 'choose';
const QUICK = /** @type {const} */ ([
  ['today', t.today],
  ['7', t.lastDays(7)],
  ['30', t.lastDays(30)],
  ['365', t.lastDays(365)],
]);
/** The fields for two dates are shown. */
const choosing = signal(false);

/** The days of the list and the search. */
function dateChoice() {
  const { date } = store.filter;
  const { from, to } = daysOf(date);
  const isQuick = QUICK.some(([word]) => word === date);
  const named = date && !isQuick ? t.days(shortDate(from), shortDate(to)) : '';
  const open = choosing.value;
  /** @type {Option[]} */
  const list = [
    ['', date ? t.anyDate : t.dateFilter],
    ...QUICK.map(([word, label]) => /** @type {Option} */ ([word, label])),
    ...(named ? [/** @type {Option} */ ([date, named])] : []),
    [CHOOSE, t.chosenDays],
  ];
  return html`
    <select
      aria-label=${t.anyDate}
      ?data-chosen=${Boolean(date)}
      @change=${given(chooseDate)}
    >
      ${options(list, open ? CHOOSE : date)}
    </select>
  `;
}

function dateFields() {
  if (!choosing.value) return nothing;
  const { from, to } = daysOf(store.filter.date);
  return html`
    <fieldset class="dates" aria-label=${t.dateFilter}>
      ${dateField(t.from, from, (value) => ({ from: value, to }))}
      ${dateField(t.to, to, (value) => ({ from, to: value }))}
      <small role="alert">${from && to && from > to ? t.fromAfterTo : ''}</small>
    </fieldset>
  `;
}

/** @param {string} word */
function chooseDate(word) {
  choosing.value = word === CHOOSE;
  if (word !== CHOOSE) filter({ date: word });
}

/**
 * @param {string} label
 * @param {string} value
 * @param {(value: string) => Days} days
 */
const dateField = (label, value, days) => html`
  <label>
    <small>${label}</small>
    <input
      type="date"
      .value=${live(value)}
      @change=${given((date) => filter({ date: wordOf(days(date)) }))}
    />
  </label>
`;

/** @param {string} date */
const shortDate = (date) => date && new Date(`${date}T12:00`).toLocaleDateString();
customElements.define('ew-search-filters', SearchFilters);
