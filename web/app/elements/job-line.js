/** @import { TranscriptSummary } from '../../generated/messages' */
import { html } from 'lit';
import { jobText, shortJobText } from '../job-text.js';
import { store } from '../store.js';
import { SummaryView } from '../view.js';

/** A job in words; the time left counts down by itself. */
class JobLine extends SummaryView {
  static properties = { ...SummaryView.properties, short: { type: Boolean } };

  constructor() {
    super();
    /** It has the width of a row. */
    this.short = false;
  }

  render() {
    const { summary } = this;
    const told_ms = store.estimated_ms.get(summary.id) ?? store.now_ms;
    return (this.short ? shortJobText : jobText)(
      summary,
      Math.max(0, store.now_ms - told_ms) / 1000,
    );
  }
}
customElements.define('ew-job-line', JobLine);

/** @param {TranscriptSummary} summary @param {{ short?: boolean }} [how] `short`: for a row */
export const jobLine = (summary, { short = false } = {}) =>
  summary.job.remaining_s === null
    ? (short ? shortJobText : jobText)(summary)
    : html`<ew-job-line .summary=${summary} ?short=${short}></ew-job-line>`;
