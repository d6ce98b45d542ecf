/** @import { TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { moreHistory } from '../actions.js';
import { failedFiles, removeFailed } from '../failed-files.js';
import { count } from '../format.js';
import { state } from '../state.js';
import { View } from '../view.js';
import './transcript-row.js';

/** The queue above, everything already heard below. */
class HistoryList extends View {
  static topics = /** @type {const} */ (['library', 'search', 'boot', 'status']);

  render() {
    if (state.query.trim()) return nothing;
    const { queue, history } = state;
    return html`
      ${queue.length ? section('In progress', queue) : nothing}
      ${history.length ? section('Transcripts', history, clearing()) : nothing}
      ${state.listed && !history.length ? absence(queue.length) : nothing}
      ${
        state.next
          ? html`<button type="button" class="small" @click=${moreHistory}>Show more</button>`
          : nothing
      }
    `;
  }
}

/** Why no transcript is listed. @param {number} queued */
function absence(queued) {
  if (state.filtered) {
    // The filters narrow down what is listed; older ones may come with the next page.
    const where = state.next ? 'Nothing listed so far' : 'No transcript';
    return html`<p class="quiet" role="status">${where} matches the filters above.</p>`;
  }
  return queued ? nothing : html`<p class="quiet">Transcripts will be listed here.</p>`;
}

/** One failed file has its own button. */
function clearing() {
  const failed = failedFiles().length;
  if (failed < 2) return nothing;
  return html`
    <button type="button" class="small" @click=${removeFailed}>
      Delete all ${count(failed)} failed files
    </button>
  `;
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
            <li>
              <ew-transcript-row
                .summary=${summary}
                .stage=${state.stage}
                .estimate=${state.estimates.get(summary.id)}
                ?current=${state.opened?.id === summary.id}
              ></ew-transcript-row>
            </li>
          `,
        )}
      </ul>
    </section>
  `;
}
customElements.define('ew-history-list', HistoryList);
