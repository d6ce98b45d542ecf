/** @import { Hit } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { SNIPPET_BEGIN, SNIPPET_END } from '../../generated/constants.js';
import { openFromServer } from '../actions.js';
import { addressOf } from '../address.js';
import { clock } from '../format.js';
import { state } from '../state.js';
import { View } from '../view.js';

const MARKS = new RegExp(`${SNIPPET_BEGIN}([^${SNIPPET_END}]*)${SNIPPET_END}`);

/** What the search found, transcript by transcript. */
class SearchResults extends View {
  static topics = /** @type {const} */ (['search']);

  render() {
    if (!state.query.trim()) return nothing;
    if (state.searchError) {
      return html`<p class="quiet" role="status">
        ${state.searchError.message} ${state.searchError.hint}
      </p>`;
    }
    if (!state.found)
      return html`<p class="quiet" role="status">
        ${state.searchIn === 'server' ? `Searching on ${state.status?.server?.origin}…` : 'Searching…'}
      </p>`;
    const { hits, indexing } = state.found;
    const groups = byTranscript(hits);
    return html`
      <p class="quiet" role="status">${summary(hits.length, groups.size, indexing)}</p>
      <div @keydown=${walk}>
        ${[...groups].map(([id, group]) => this.#group(id, group))}
      </div>
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

/** What only a server has is fetched before it is shown. @param {Hit | undefined} hit */
const follow = (hit) => (/** @type {Event} */ event) => {
  if (!hit?.server) return;
  event.preventDefault();
  void openFromServer(hit);
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

/** @param {number} hits @param {number} transcripts @param {boolean} indexing */
function summary(hits, transcripts, indexing) {
  const more = indexing ? ' Still reading the library; there may be more.' : '';
  if (!hits) return `Nothing found.${more}`;
  const places = hits === 1 ? '1 place' : `${hits} places`;
  return `${places} in ${transcripts === 1 ? '1 transcript' : `${transcripts} transcripts`}.${more}`;
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
