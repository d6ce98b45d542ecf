/** @import { Hit } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { SNIPPET_BEGIN, SNIPPET_END } from '../../generated/constants.js';
import { addressOf } from '../address.js';
import { clock } from '../format.js';
import { openAddressed } from '../input.js';
import { openFromServer } from '../search.js';
import { store } from '../store.js';
import * as t from '../strings/library.js';
import { View } from '../view.js';

const MARKS = new RegExp(`${SNIPPET_BEGIN}([^${SNIPPET_END}]*)${SNIPPET_END}`);

/** What the search found, transcript by transcript. */
class SearchResults extends View {
  render() {
    const { query, found, searchError, searchIn, status } = store;
    if (!query.trim()) return nothing;
    if (searchError) return told(`${searchError.message} ${searchError.hint}`);
    if (!found || (found.indexing && !found.hits.length)) {
      return told(
        searchIn === 'server' ? t.searchingOn(status?.server?.origin ?? '') : t.searching,
      );
    }
    const { indexing } = found;
    const hits = found.hits.filter((hit) => !hit.guess);
    const guesses = found.hits.filter((hit) => hit.guess);
    const groups = byTranscript(hits);
    const places = hits.length ? t.found(hits.length, groups.size) : t.nothingFound;
    return html`
      ${told(indexing ? `${places} ${t.stillReading}` : places)}
      <div @keydown=${walk}>
        ${[...groups].map(([id, group]) => this.#group(id, group))}
        ${guesses.length ? this.#guesses(guesses) : nothing}
      </div>
    `;
  }

  /** @param {readonly Hit[]} hits */
  #guesses(hits) {
    return html`
      <section aria-labelledby="guesses">
        <h2 id="guesses">${t.guesses}</h2>
        ${[...byTranscript(hits)].map(([id, group]) => this.#group(id, group))}
      </section>
    `;
  }

  /** @param {string} id @param {readonly Hit[]} hits */
  #group(id, hits) {
    const byName = hits.find((hit) => hit.segment === null);
    const name = byName ? marked(byName.snippet) : (hits[0]?.name ?? '');
    return html`
      <section class="hits">
        <h3>
          <a class="hit" href=${addressOf(id)} @click=${follow(byName ?? hits[0])}>${name}</a>
        </h3>
        <ul>
          ${hits
            .filter((hit) => hit.segment !== null)
            .sort((a, b) => a.start_s - b.start_s)
            .map(
              (hit) => html`
                <li>
                  <a class="hit" href=${addressOf(id, hit.start_s)} @click=${follow(hit)}>
                    <span class="time">${clock(hit.start_s)}</span>
                    <span>${marked(hit.snippet)}</span>
                  </a>
                </li>
              `,
            )}
        </ul>
      </section>
    `;
  }
}

/** @param {string} text */
const told = (text) => html`<p class="quiet" role="status">${text}</p>`;

/** What only a server has is fetched before it is shown. @param {Hit | undefined} hit */
const follow = (hit) => (/** @type {Event} */ event) => {
  const link = /** @type {HTMLAnchorElement} */ (event.currentTarget);
  if (hit?.server) {
    event.preventDefault();
    void openFromServer(hit);
  } else if (link.hash === location.hash) {
    // The address stays the same, but the reader may have scrolled away.
    openAddressed();
  }
};

/** @param {readonly Hit[]} hits best first */
function byTranscript(hits) {
  /** @type {Map<string, Hit[]>} */
  const groups = new Map();
  for (const hit of hits) {
    const group = groups.get(hit.transcript_id);
    if (group) group.push(hit);
    else groups.set(hit.transcript_id, [hit]);
  }
  return groups;
}

/** @param {string} snippet */
function marked(snippet) {
  return snippet.split(MARKS).map((part, i) => (i % 2 ? html`<mark>${part}</mark>` : part));
}

/** Up and down through the hits, and back into the field. @param {KeyboardEvent} event */
function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const hits = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('.hit')]);
  const next = hits[hits.indexOf(/** @type {HTMLElement} */ (document.activeElement)) + step];
  const field = /** @type {HTMLElement | null} */ (document.querySelector('[type=search]'));
  (next ?? (step < 0 ? field : null))?.focus();
}
customElements.define('ew-search-results', SearchResults);
