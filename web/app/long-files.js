/** @import { TranscriptSummary } from '../generated/messages' */
import { estimate } from './actions.js';
import { state } from './state.js';

/** Shorter recordings are done before anyone reads an estimate, in seconds. */
const WORTH_ASKING_S = 120;

/** Asks for the estimate of a long recording as soon as its length is known. */
export function startLongFiles() {
  state.addEventListener('event', (event) => {
    const change = /** @type {CustomEvent} */ (event).detail;
    if (change.type !== 'transcript-changed') return;
    /** @type {TranscriptSummary} */
    const summary = change.transcript;
    if (summary.job.duration_s >= WORTH_ASKING_S) void estimate(summary);
  });
}
