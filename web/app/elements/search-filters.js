import { html, nothing } from 'lit';
import { filter } from '../actions.js';
import { languageName } from '../languages.js';
import { state } from '../state.js';
import { View } from '../view.js';

/** Narrows search and history down, as soon as there is something to choose from. */
class SearchFilters extends View {
  static topics = /** @type {const} */ (['library']);

  render() {
    const { languages, tags } = state;
    return html`
      <div class="filters">
        ${
          languages.length > 1 || state.filter.language
            ? choice('language', 'Any language', languages, languageName)
            : nothing
        }
        ${tags.length || state.filter.tag ? choice('tag', 'Any tag', tags, String) : nothing}
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
  const chosen = state.filter[field];
  /** @param {Event} event */
  const change = (event) =>
    filter({ [field]: /** @type {HTMLSelectElement} */ (event.target).value });
  const listed = [...new Set([...values, ...(chosen ? [chosen] : [])])];
  return html`
    <select aria-label=${all} @change=${change}>
      <option value="" .selected=${!chosen}>${all}</option>
      ${listed.map(
        (value) => html`
          <option value=${value} .selected=${value === chosen}>${name(value)}</option>
        `,
      )}
    </select>
  `;
}
customElements.define('ew-search-filters', SearchFilters);
