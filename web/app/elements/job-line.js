/** @import { TranscriptSummary } from '../../generated/messages' */
import { html } from 'lit';
import { jobText } from '../job-text.js';
import { store } from '../store.js';
import { SummaryView } from '../view.js';

/** A job in words; the time left counts down by itself. */
class JobLine extends SummaryView {
  render() {
    const { summary } = this;
    const told_ms = store.estimated_ms.get(summary.id) ?? store.now_ms;
    return jobText(summary, Math.max(0, store.now_ms - told_ms) / 1000);
  }
}
customElements.define('ew-job-line', JobLine);

/** @param {TranscriptSummary} summary */
export const jobLine = (summary) =>
  summary.job.remaining_s === null
    ? jobText(summary)
    : html`<ew-job-line .summary=${summary}></ew-job-line>`;
