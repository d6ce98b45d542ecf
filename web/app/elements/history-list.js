/** @import { TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { moreHistory } from '../actions.js';
import { removeUnreadable } from '../bin-and-backup.js';
import { dayGroup } from '../format.js';
import { signal, store } from '../store.js';
import * as t from '../strings/library.js';
import { View } from '../view.js';
import { button } from './buttons.js';
import './transcript-row.js';

/** Rows that are drawn at once. */
const STEP = 200;

/** What is under way on top, what failed folded, everything else below by its day. */
class HistoryList extends View {
  #limit = signal(STEP);
  #failedShown = signal(false);

  render() {
    if (store.query.trim()) return nothing;
    const { queue, unreadable, history } = store;
    const limit = this.#limit.value;
    const shown = history.slice(0, limit);
    return html`
      ${queue.length ? section(t.inProgress, queue.slice(0, limit)) : nothing}
      ${unreadable.length ? this.#failed(unreadable) : nothing}
      ${groups(shown).map(([title, list]) => section(title, list))}
      ${store.listed && !history.length ? absence(queue.length + unreadable.length) : nothing}
      ${
        store.next || Math.max(history.length, queue.length) > limit
          ? button(t.showMore, () => this.#more())
          : nothing
      }
    `;
  }

  /** A folder of files may hold many that are no recordings. @param {readonly TranscriptSummary[]} list */
  #failed(list) {
    const open = this.#failedShown.value;
    return html`
      <section class="failed" aria-label=${t.unreadable(list.length)}>
        <p class="failed-line">
          <span>${t.unreadable(list.length)}</span>
          <button
            type="button"
            class="link"
            aria-expanded=${open ? 'true' : 'false'}
            @click=${() => {
              this.#failedShown.value = !open;
            }}
          >
            ${open ? t.hide : t.show}
          </button>
        </p>
        ${open ? rows(list.slice(0, this.#limit.value)) : nothing}
        ${open && list.length > 1 ? button(t.removeUnreadable(list.length), removeUnreadable) : nothing}
      </section>
    `;
  }

  #more() {
    this.#limit.value += STEP;
    if (store.next && store.history.length < this.#limit.value) void moreHistory();
  }
}

/** Why no recording is listed. @param {number} others */
function absence(others) {
  if (Object.values(store.filter).some(Boolean)) {
    // The filters narrow down what is listed; older ones may come with the next page.
    return html`<p class="quiet" role="status">${store.next ? t.noMatchSoFar : t.noMatch}</p>`;
  }
  return others ? nothing : html`<p class="quiet nothing-yet">${t.listedHere}</p>`;
}

/**
 * @param {readonly TranscriptSummary[]} list
 * @returns {[title: string, list: TranscriptSummary[]][]} by day when it is in that order
 */
function groups(list) {
  if (store.sort !== 'date') return list.length ? [[t.recordings, [...list]]] : [];
  const now = new Date();
  /** @type {Map<string, TranscriptSummary[]>} */
  const found = new Map();
  for (const summary of list) {
    const title = dayGroup(summary.created_at, now);
    found.set(title, [...(found.get(title) ?? []), summary]);
  }
  return [...found];
}

/** @param {string} title @param {readonly TranscriptSummary[]} list */
const section = (title, list) => html`
  <section aria-label=${title}>
    <h2>${title}</h2>
    ${rows(list)}
  </section>
`;

/** @param {readonly TranscriptSummary[]} list */
const rows = (list) => html`
  <ul class="rows">
    ${repeat(
      list,
      ({ id }) => id,
      (summary) => html`
        <li><ew-transcript-row .summary=${summary}></ew-transcript-row></li>
      `,
    )}
  </ul>
`;
customElements.define('ew-history-list', HistoryList);
