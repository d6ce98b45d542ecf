/** @import { Option } from './fields.js' */
import { html, nothing } from 'lit';
import { sortBy } from '../actions.js';
import * as icons from '../icons.js';
import { languageName } from '../languages.js';
import { startSelection } from '../row-selection.js';
import { filter } from '../search.js';
import { store } from '../store.js';
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
        ${menu('list-menu', t.sortAndSelect, items(), { icon: icons.order })}
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
customElements.define('ew-search-filters', SearchFilters);
