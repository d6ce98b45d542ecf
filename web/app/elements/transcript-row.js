/** @import { JobView, TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { RUNNING } from '../../generated/constants.js';
import { addressOf } from '../address.js';
import { clock, titleOf, when } from '../format.js';
import * as icons from '../icons.js';
import { jobFraction } from '../job-text.js';
import { languageName } from '../languages.js';
import { clicked, held, toggle } from '../row-selection.js';
import { serverName } from '../server-name.js';
import { speakersText } from '../speakers-text.js';
import { store } from '../store.js';
import * as t from '../strings/jobs.js';
import { copyFrom, incomplete, moreActions, select, transcribedOn } from '../strings/library.js';
import { SummaryView } from '../view.js';
import { rowActions } from './job-buttons.js';
import { jobLine } from './job-line.js';
import { longFile } from './long-file.js';
import { menu } from './menu.js';

/** One recording in the queue or among the finished ones. */
class TranscriptRow extends SummaryView {
  render() {
    const { summary } = this;
    const { id, name, job } = summary;
    const label = `row-${id}`;
    const current = store.shownId === id;
    const chosen = store.selection.has(id);
    const title = titleOf(name);
    return html`
      <div
        class="row"
        data-state=${job.state}
        ?data-current=${current}
        ?data-chosen=${chosen}
        @click=${clicked(id)}
        @pointerdown=${held(id)}
      >
        ${store.selection.size ? checkbox(id, title, chosen) : nothing}
        <a
          id=${label}
          class="row-name"
          href=${addressOf(id)}
          title=${title}
          aria-current=${current ? 'true' : nothing}
          >${title}</a
        >
        ${job.state === 'done' ? facts(summary) : state(summary, label)}
      </div>
    `;
  }
}

/** @param {string} id @param {string} title @param {boolean} chosen */
const checkbox = (id, title, chosen) => html`
  <input
    type="checkbox"
    class="row-check"
    aria-label=${select(title)}
    .checked=${chosen}
    @change=${() => toggle(id)}
  />
`;

/** Of a finished one. @param {TranscriptSummary} summary */
function facts(summary) {
  const { duration_s, language, tags, ends_s, created_at, job } = summary;
  const speakers = speakersText(summary);
  const from = job.copied ? copyFrom : transcribedOn;
  const parts = [
    clock(duration_s),
    ...(language && store.languages.length > 1 ? [languageName(language)] : []),
    ...(speakers ? [speakers] : []),
    ...(store.sort === 'date' ? [] : [when(created_at)]),
    ...tags,
    ...(ends_s ? [incomplete] : []),
    ...(job.server ? [from(serverName(job.server))] : []),
  ];
  return html`<p class="row-facts">${parts.join(' · ')}</p>`;
}

/** Of one that is under way, or that came to nothing. @param {TranscriptSummary} summary @param {string} label */
function state(summary, label) {
  const { id, job } = summary;
  const { buttons, items } = rowActions(summary, label);
  return html`
    <p class="row-state">${text(summary)}</p>
    ${menu(`menu-${id}`, moreActions, items, { icon: icons.dots, described: label })}
    ${job.error?.hint ? html`<p class="row-hint">${job.error.hint}</p>` : nothing}
    ${RUNNING.has(job.state) ? progress(job, label) : nothing}
    ${buttons.length ? html`<div class="row-buttons">${buttons}</div>` : nothing}
    ${longFile(summary)}
  `;
}

/** @param {TranscriptSummary} summary */
function text(summary) {
  if (!store.pending.has(summary.id) || summary.job.state === 'failed') {
    return jobLine(summary, { short: true });
  }
  return store.stage === 'ready' ? t.savingFile : t.waitingForStart;
}

/** A progress bar without a value while the fraction is unknown. @param {JobView} job @param {string} label */
const progress = (job, label) => html`
  <progress aria-labelledby=${label} max="1" value=${jobFraction(job) ?? nothing}></progress>
`;
customElements.define('ew-transcript-row', TranscriptRow);
