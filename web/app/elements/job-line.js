/** @import { TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { jobText } from '../job-text.js';
import { state } from '../state.js';
import { View } from '../view.js';

const SECOND_MS = 1000;

/** A job in words. The time left counts down by itself: the next batch may be a minute away. */
class JobLine extends View {
  static properties = { summary: { attribute: false } };

  constructor() {
    super();
    /** @type {TranscriptSummary | null} */
    this.summary = null;
  }

  #timer = 0;

  connectedCallback() {
    super.connectedCallback();
    this.#timer = setInterval(() => this.requestUpdate(), SECOND_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  render() {
    const { summary } = this;
    return summary ? html`${jobText(summary, state.sinceEstimate(summary.id))}` : nothing;
  }
}
customElements.define('ew-job-line', JobLine);

/** @param {TranscriptSummary} summary */
export const jobLine = (summary) =>
  summary.job.remaining_s === null
    ? jobText(summary)
    : html`<ew-job-line .summary=${summary}></ew-job-line>`;
