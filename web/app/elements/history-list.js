/** @import { TranscriptSummary } from '../messages' */
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { moreHistory } from '../actions.js';
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
      ${history.length ? section('Transcripts', history) : nothing}
      ${
        state.listed && !queue.length && !history.length
          ? html`<p class="quiet">Transcripts will be listed here.</p>`
          : nothing
      }
      ${
        state.next
          ? html`<button type="button" class="small" @click=${moreHistory}>Show more</button>`
          : nothing
      }
    `;
  }
}

/** @param {string} title @param {readonly TranscriptSummary[]} list */
function section(title, list) {
  return html`
    <section aria-label=${title}>
      <h2>${title}</h2>
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
