import { html, nothing } from 'lit';
import { searchIn } from '../actions.js';
import { state } from '../state.js';
import { View } from '../view.js';

const PLACES = /** @type {const} */ ([
  ['device', 'This device'],
  ['server', 'Server'],
]);

/** Where the search looks; shown only where there is a server to look in. */
class SearchPlace extends View {
  static topics = /** @type {const} */ (['status', 'search']);

  render() {
    if (!state.searchable) return nothing;
    return html`
      <div class="segmented" role="group" aria-label="Search in">
        ${PLACES.map(
          ([value, title]) => html`
            <button
              type="button"
              aria-pressed=${state.searchIn === value ? 'true' : 'false'}
              title=${value === 'server' ? (state.status?.server?.origin ?? '') : ''}
              @click=${() => searchIn(value)}
            >
              ${title}
            </button>
          `,
        )}
      </div>
    `;
  }
}
customElements.define('ew-search-place', SearchPlace);
