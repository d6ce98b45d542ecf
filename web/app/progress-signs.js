/** Progress where it is seen or heard without looking at the page: title, badge, screen reader. */
/** @import { JobState, TranscriptSummary } from '../generated/messages' */
import { RUNNING } from '../generated/constants.js';
import { percent } from './format.js';
import { jobFraction, jobText } from './job-text.js';
import { state } from './state.js';

const TITLE = document.title;
/** A quarter of the way is news; each percent is noise. */
const STEPS = 4;

/** @param {HTMLElement} announcer an element with `aria-live` */
export function startProgressSigns(announcer) {
  /** @type {Map<string, string>} */
  const told = new Map();

  state.addEventListener('library', () => {
    const running = state.queue.find(({ job }) => RUNNING.has(job.state));
    const fraction = running ? jobFraction(running.job) : null;
    const sign = running && fraction !== null ? `${percent(fraction)} % · ${running.name} · ` : '';
    if (document.title !== sign + TITLE) document.title = sign + TITLE;
  });

  state.addEventListener('event', (event) => {
    const change = /** @type {CustomEvent} */ (event).detail;
    if (change.type !== 'transcript-changed') return;
    /** @type {TranscriptSummary} */
    const summary = change.transcript;
    const sign = milestone(summary);
    const before = told.get(summary.id);
    told.set(summary.id, sign);
    if (sign === before) return;
    const text = summary.job.state === 'done' ? 'done' : jobText(summary);
    announcer.textContent = `${summary.name}: ${text}`;
    if (before && finished(summary.job.state)) badge();
  });

  addEventListener('focus', () => void navigator.clearAppBadge?.().catch(() => {}));
}

/** @param {TranscriptSummary} summary */
function milestone({ job }) {
  const fraction = RUNNING.has(job.state) ? jobFraction(job) : null;
  return `${job.state} ${Math.floor((fraction ?? 0) * STEPS)}`;
}

/** @param {JobState} state */
const finished = (state) => state === 'done' || state === 'failed';

function badge() {
  if (!document.hasFocus()) void navigator.setAppBadge?.().catch(() => {});
}
