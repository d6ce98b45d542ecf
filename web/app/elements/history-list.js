/** @import { TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { moreHistory } from '../actions.js';
import { failedFiles, removeFailed } from '../bin-and-backup.js';
import { store } from '../store.js';
import * as t from '../strings/library.js';
import { View } from '../view.js';
import { button } from './buttons.js';
import './transcript-row.js';

/** The queue above, everything already heard below. */
class HistoryList extends View {
  render() {
    if (store.query.trim()) return nothing;
    const { queue, history } = store;
    return html`
      ${queue.length ? section(t.inProgress, queue) : nothing}
      ${history.length ? section(t.transcripts, history, clearing()) : nothing}
      ${store.listed && !history.length ? absence(queue.length) : nothing}
      ${store.next ? button(t.showMore, moreHistory) : nothing}
    `;
  }
}

/** Why no transcript is listed. @param {number} queued */
function absence(queued) {
  if (store.filter.language || store.filter.tag) {
    // The filters narrow down what is listed; older ones may come with the next page.
    return html`<p class="quiet" role="status">${store.next ? t.noMatchSoFar : t.noMatch}</p>`;
  }
  return queued ? nothing : html`<p class="quiet">${t.listedHere}</p>`;
}

/** One failed file has its own button. */
function clearing() {
  const failed = failedFiles().length;
  return failed < 2 ? nothing : button(t.deleteFailed(failed), removeFailed);
}

/**
 * @param {string} title
 * @param {readonly TranscriptSummary[]} list
 * @param {unknown} [tools] for all of it
 */
function section(title, list, tools = nothing) {
  return html`
    <section aria-label=${title}>
      <div class="list-head"><h2>${title}</h2>${tools}</div>
      <ul class="rows">
        ${repeat(
          list,
          ({ id }) => id,
          (summary) => html`
            <li><ew-transcript-row .summary=${summary}></ew-transcript-row></li>
          `,
        )}
      </ul>
    </section>
  `;
}
customElements.define('ew-history-list', HistoryList);
