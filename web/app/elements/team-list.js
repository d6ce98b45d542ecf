/** @import { TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { clock, titleOf } from '../format.js';
import { languageName } from '../languages.js';
import { openCopy } from '../search.js';
import { serverName } from '../server-name.js';
import { store } from '../store.js';
import * as t from '../strings/library.js';
import { View } from '../view.js';

/** The newest recordings of the server's library, below those of this device. */
class TeamList extends View {
  render() {
    const { searchable, query, team, teamError, status } = store;
    if (!searchable || query.trim()) return nothing;
    const title = t.onServer(serverName(status?.server?.origin ?? ''));
    return html`
      <section aria-label=${title}>
        <h2>${title}</h2>
        ${
          teamError
            ? html`<p class="quiet" role="status">${teamError.message} ${teamError.hint}</p>`
            : html`<ul class="rows">${(team ?? []).map(row)}</ul>`
        }
        ${team && !team.length && !teamError ? html`<p class="quiet">${t.nothingOnServer}</p>` : nothing}
      </section>
    `;
  }
}

/** @param {TranscriptSummary} summary as the server has it */
const row = ({ id, name, duration_s, language, tags }) => html`
  <li>
    <button type="button" class="row team-row" @click=${() => openCopy(id)}>
      <span class="row-name">${titleOf(name)}</span>
      <span class="row-facts">
        ${[clock(duration_s), ...(language ? [languageName(language)] : []), ...tags].join(' · ')}
      </span>
    </button>
  </li>
`;
customElements.define('ew-team-list', TeamList);
