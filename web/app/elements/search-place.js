import { html, nothing } from 'lit';
import { searchIn } from '../search.js';
import { store } from '../store.js';
import * as t from '../strings/library.js';
import { View } from '../view.js';

const PLACES = /** @type {const} */ ([
  ['device', t.thisDevice],
  ['server', t.server],
]);

/** Where the search looks; shown only where there is a server to look in. */
class SearchPlace extends View {
  render() {
    if (!store.searchable) return nothing;
    return html`
      <div class="segmented" role="group" aria-label=${t.searchIn}>
        ${PLACES.map(
          ([value, title]) => html`
            <button
              type="button"
              aria-pressed=${store.searchIn === value ? 'true' : 'false'}
              title=${value === 'server' ? (store.status?.server?.origin ?? '') : ''}
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
