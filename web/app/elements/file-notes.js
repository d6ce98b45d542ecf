/** What was noticed about a recording's file, as notes beside it. */
/** @import { TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { UNFINISHED } from '../../generated/constants.js';
import { addressOf } from '../address.js';
import { clock } from '../format.js';
import { isHeldDouble } from '../job-text.js';
import * as t from '../strings/transcript.js';

/**
 * While it can still be cancelled: the same audio is here already.
 * @param {TranscriptSummary} summary
 */
export function sameRecording({ same_as, job }) {
  if (!same_as || !UNFINISHED.has(job.state) || isHeldDouble({ same_as, job })) return nothing;
  return html`<p class="notice">${t.sameRecording(addressOf(same_as))}</p>`;
}

/** Only the end of the names and terms was used. @param {TranscriptSummary} summary */
export function promptCut({ job }) {
  if (!job.prompt_used) return nothing;
  return html`<p class="notice">${t.promptCut(job.prompt_used)}</p>`;
}

/** There is more in the file than could be heard. @param {TranscriptSummary} summary */
export function endsEarly({ ends_s, duration_s, job }) {
  if (!ends_s || job.state !== 'done') return nothing;
  return html`<p class="notice">${t.endsEarly(clock(ends_s), clock(duration_s))}</p>`;
}
