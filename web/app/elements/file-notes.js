/** What was noticed about a recording's file, as notes beside it. */
/** @import { TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { UNFINISHED } from '../../generated/constants.js';
import { addressOf } from '../address.js';
import { clock } from '../format.js';

/**
 * While it can still be cancelled: the same audio is here already.
 * @param {TranscriptSummary} summary
 */
export function sameRecording({ same_as, job }) {
  if (!same_as || !UNFINISHED.has(job.state)) return nothing;
  return html`
    <p class="notice">
      This recording is here already: <a href=${addressOf(same_as)}>open it</a>, or let it be
      transcribed again.
    </p>
  `;
}

/** There is more in the file than could be heard. @param {TranscriptSummary} summary */
export function endsEarly({ ends_s, duration_s, job }) {
  if (!ends_s || job.state !== 'done') return nothing;
  const [heard, told] = [clock(ends_s), clock(duration_s)];
  return html`
    <p class="notice">
      ${
        heard === told
          ? `The file is damaged: nothing after ${heard} could be decoded.`
          : `The sound ends at ${heard}, though the file says ${told}.`
      }
      If there should be more, copy or download the file again.
    </p>
  `;
}
