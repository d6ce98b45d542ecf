/** @import { Hit } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { SNIPPET_BEGIN, SNIPPET_END } from '../../generated/constants.js';
import { addressOf } from '../address.js';
import { clock, titleOf } from '../format.js';
import * as icons from '../icons.js';
import { openAddressed } from '../input.js';
import { closeLibrary } from '../library-sheet.js';
import { filter, openFromServer, playHit } from '../search.js';
import { serverName } from '../server-name.js';
import { store, summaryOf } from '../store.js';
import * as t from '../strings/library.js';
import { View } from '../view.js';
import { button, iconButton } from './buttons.js';

const MARKS = new RegExp(`${SNIPPET_BEGIN}([^${SNIPPET_END}]*)${SNIPPET_END}`);

/** What the search found, recording by recording, in the place of the list. */
class SearchResults extends View {
  render() {
    const { query, found, searchError } = store;
    if (!query.trim()) return nothing;
    if (searchError) return told(`${searchError.message} ${searchError.hint}`);
    if (!found || (found.indexing && !found.hits.length)) return told(t.searching);
    const hits = found.hits.filter((hit) => !hit.guess);
    const guesses = found.hits.filter((hit) => hit.guess);
    return html`
      <div class="results" @keydown=${walk}>
        ${hits.length ? head(hits, found.indexing) : nothingFound(query)}
        ${groups(hits)} ${guesses.length ? similar(guesses, !hits.length) : nothing} ${onServer()}
      </div>
    `;
  }
}

/** @param {readonly Hit[]} hits @param {boolean} indexing */
const head = (hits, indexing) => {
  const places = t.found(hits.length, byTranscript(hits).size);
  return told(indexing ? `${places} ${t.stillReading}` : places);
};

/** What can be done about it. @param {string} query */
function nothingFound(query) {
  const { language, tag, speaker, label } = store.filter;
  const all = { language: '', tag: '', speaker: '', label: '' };
  return html`
    <div class="nothing-found" role="status">
      <p>${t.nothingFound(query.trim())}</p>
      <p class="quiet">${t.nothingFoundHint}</p>
      ${language || tag || speaker || label ? button(t.searchAll, () => filter(all)) : nothing}
    </div>
  `;
}

/** @param {readonly Hit[]} hits @param {boolean} open there is nothing else to look at */
const similar = (hits, open) => html`
  <section aria-labelledby="guesses">
    <details ?open=${open}>
      <summary><h2 id="guesses">${t.guesses(hits.length)}</h2></summary>
      ${groups(hits)}
    </details>
  </section>
`;

/** Loaded after the hits of this library. */
function onServer() {
  const { searchable, foundOnServer, serverError, status } = store;
  if (!searchable) return nothing;
  const name = serverName(status?.server?.origin ?? '');
  const hits = foundOnServer ?? [];
  const title = foundOnServer ? t.onServerCount(name, hits.length) : t.onServer(name);
  return html`
    <section aria-labelledby="on-server">
      <h2 id="on-server">${title}</h2>
      ${serverError ? told(`${serverError.message} ${serverError.hint}`) : nothing}
      ${foundOnServer || serverError ? nothing : told(t.searching)} ${groups(hits)}
    </section>
  `;
}

/** @param {readonly Hit[]} hits best first; so are the recordings, but in each of them time rules */
const groups = (hits) => [...byTranscript(hits)].map(([id, group]) => recording(id, group));

/** @param {string} id @param {readonly Hit[]} hits */
function recording(id, hits) {
  const byName = hits.find((hit) => hit.segment === null);
  const name = byName ? marked(byName.snippet) : titleOf(hits[0]?.name ?? '');
  const playable = summaryOf(id)?.audio_kept;
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
              <li class="hit-line">
                <a
                  class="hit"
                  href=${addressOf(id, hit.start_s)}
                  @click=${follow(hit)}
                  @keydown=${playable ? playWithShift(hit) : nothing}
                >
                  <span class="time">${clock(hit.start_s)}</span>
                  <span>${hit.note ? html`<small>${t.noteHit}</small> ` : nothing}${marked(hit.snippet)}</span>
                </a>
                ${
                  playable
                    ? iconButton(icons.triangle, t.playFrom(clock(hit.start_s)), () => play(hit), {
                        kind: 'play-hit',
                      })
                    : nothing
                }
              </li>
            `,
          )}
      </ul>
    </section>
  `;
}

/** @param {string} text */
const told = (text) => html`<p class="quiet" role="status">${text}</p>`;

/** @param {Hit} hit */
function play(hit) {
  closeLibrary();
  void playHit(hit);
}

/** @param {Hit} hit */
const playWithShift = (hit) => (/** @type {KeyboardEvent} */ event) => {
  if (event.key !== 'Enter' || !event.shiftKey) return;
  event.preventDefault();
  play(hit);
};

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
  const found = new Map();
  for (const hit of hits) {
    const group = found.get(hit.transcript_id);
    if (group) group.push(hit);
    else found.set(hit.transcript_id, [hit]);
  }
  return found;
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
