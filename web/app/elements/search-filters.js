/** @import { Option } from './fields.js' */
import { html, nothing } from 'lit';
import { languageName } from '../languages.js';
import { filter } from '../search.js';
import { store } from '../store.js';
import * as t from '../strings/library.js';
import { View } from '../view.js';
import { given, options } from './fields.js';

/** Narrows search and history down, as soon as there is something to choose from. */
class SearchFilters extends View {
  render() {
    const { languages, tags } = store;
    return html`
      <div class="filters">
        ${
          languages.length > 1 || store.filter.language
            ? choice('language', t.anyLanguage, languages, languageName)
            : nothing
        }
        ${tags.length || store.filter.tag ? choice('tag', t.anyTag, tags, String) : nothing}
      </div>
    `;
  }
}

/**
 * @param {'language' | 'tag'} field
 * @param {string} all what to call no choice
 * @param {readonly string[]} values
 * @param {(value: string) => string} name
 */
function choice(field, all, values, name) {
  const chosen = store.filter[field];
  const listed = [...new Set([...values, ...(chosen ? [chosen] : [])])];
  /** @type {Option[]} */
  const list = [['', all], ...listed.map((value) => /** @type {Option} */ ([value, name(value)]))];
  return html`
    <select aria-label=${all} @change=${given((value) => filter({ [field]: value }))}>
      ${options(list, chosen)}
    </select>
  `;
}
customElements.define('ew-search-filters', SearchFilters);
