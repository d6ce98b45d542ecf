/** @import { BootStage, TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { RUNNING } from '../../generated/constants.js';
import { addressOf } from '../address.js';
import { when } from '../format.js';
import { jobFraction } from '../job-text.js';
import { state } from '../state.js';
import { View } from '../view.js';
import { sameRecording } from './file-notes.js';
import { jobButtons } from './job-buttons.js';
import { jobLine } from './job-line.js';
import { longFile } from './long-file.js';

/** One recording in the queue or the history. */
class TranscriptRow extends View {
  static properties = {
    summary: { attribute: false },
    current: { type: Boolean },
    stage: { attribute: false },
    estimate: { attribute: false },
  };

  constructor() {
    super();
    /** @type {TranscriptSummary | null} */
    this.summary = null;
    this.current = false;
    /** @type {BootStage} */
    this.stage = 'starting';
    /** @type {Record<string, number> | undefined} */
    this.estimate = undefined;
  }

  render() {
    const { summary } = this;
    if (!summary) return nothing;
    const { id, name, job, preview } = summary;
    const label = `row-${id}`;
    return html`
      <div class="row" data-state=${job.state} ?data-current=${this.current}>
        <a
          id=${label}
          class="row-name"
          href=${addressOf(id)}
          title=${name}
          aria-current=${this.current ? 'true' : nothing}
          >${name}</a
        >
        <time class="row-when" datetime=${summary.created_at}>${when(summary.created_at)}</time>
        <p class="row-state">${this.#text(summary)}</p>
        ${job.error?.hint ? html`<p class="row-hint">${job.error.hint}</p>` : nothing}
        ${RUNNING.has(job.state) ? progress(jobFraction(job), label) : nothing}
        ${preview && job.state === 'done' ? html`<p class="row-preview">${preview}</p>` : nothing}
        ${sameRecording(summary)} ${longFile(summary, this.estimate)}
        <div class="row-buttons">${jobButtons(summary, label)}</div>
      </div>
    `;
  }

  /** @param {TranscriptSummary} summary */
  #text(summary) {
    if (!state.pending.has(summary.id) || summary.job.state === 'failed') return jobLine(summary);
    return this.stage === 'ready' ? 'Saving the file' : 'Waiting for Earwitness to start';
  }
}

/** @param {number | null} fraction @param {string} label */
function progress(fraction, label) {
  if (fraction === null) return html`<progress aria-labelledby=${label}></progress>`;
  return html`<progress aria-labelledby=${label} max="1" .value=${fraction}></progress>`;
}
customElements.define('ew-transcript-row', TranscriptRow);
