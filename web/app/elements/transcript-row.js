/** @import { JobView, TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { RUNNING } from '../../generated/constants.js';
import { addressOf } from '../address.js';
import { when } from '../format.js';
import { jobFraction } from '../job-text.js';
import { store } from '../store.js';
import * as t from '../strings/jobs.js';
import { SummaryView } from '../view.js';
import { sameRecording } from './file-notes.js';
import { jobButtons } from './job-buttons.js';
import { jobLine } from './job-line.js';
import { longFile } from './long-file.js';

/** One recording in the queue or the history. */
class TranscriptRow extends SummaryView {
  render() {
    const { summary } = this;
    const { id, name, job, preview } = summary;
    const label = `row-${id}`;
    const current = store.shownId === id;
    return html`
      <div class="row" data-state=${job.state} ?data-current=${current}>
        <a
          id=${label}
          class="row-name"
          href=${addressOf(id)}
          title=${name}
          aria-current=${current ? 'true' : nothing}
          >${name}</a
        >
        <time class="row-when" datetime=${summary.created_at}>${when(summary.created_at)}</time>
        <p class="row-state">${text(summary)}</p>
        ${job.error?.hint ? html`<p class="row-hint">${job.error.hint}</p>` : nothing}
        ${RUNNING.has(job.state) ? progress(job, label) : nothing}
        ${preview && job.state === 'done' ? html`<p class="row-preview">${preview}</p>` : nothing}
        ${sameRecording(summary)} ${longFile(summary)}
        <div class="row-buttons">${jobButtons(summary, label)}</div>
      </div>
    `;
  }
}

/** @param {TranscriptSummary} summary */
function text(summary) {
  if (!store.pending.has(summary.id) || summary.job.state === 'failed') return jobLine(summary);
  return store.stage === 'ready' ? t.savingFile : t.waitingForStart;
}

/** A progress bar without a value while the fraction is unknown. @param {JobView} job @param {string} label */
const progress = (job, label) => html`
  <progress aria-labelledby=${label} max="1" value=${jobFraction(job) ?? nothing}></progress>
`;
customElements.define('ew-transcript-row', TranscriptRow);
