/** A job in words. */
/** @import { TranscriptSummary } from '../generated/messages' */
import { clock, ordinal, percent } from './format.js';
import { serverName } from './server-name.js';
import * as t from './strings/jobs.js';

/** An estimate is never so exact that its last seconds are worth counting. */
const ALMOST_S = 3;
/** Minutes by which an estimate may be too low. */
const ROUNDED = 0.25;

/**
 * @param {TranscriptSummary} summary
 * @param {number} [since_s] how long ago the time left was estimated
 * @returns {string}
 */
export function jobText({ job, ...summary }, since_s = 0) {
  const server = serverName(job.server);
  switch (job.state) {
    case 'queued':
      if (job.error) return job.error.message;
      if (server) return t.waitingToBeSent(server);
      if (job.queue_position === 1) return t.waitingNext;
      return job.queue_position ? t.waitingPlace(ordinal(job.queue_position)) : t.waiting;
    case 'loading':
      if (job.error) return job.error.message;
      if (server) {
        const { loaded_bytes, total_bytes } = job;
        return total_bytes
          ? t.sending(server, percent(loaded_bytes / total_bytes))
          : t.waitingFor(server);
      }
      if (!job.total_bytes) return t.loadingModel;
      if (job.loaded_bytes >= job.total_bytes) return t.preparingModel;
      return t.loadingModelPercent(percent(job.loaded_bytes / job.total_bytes));
    case 'transcribing':
      return t.transcribing(
        server,
        clock(job.position_s),
        lengthOf(job),
        job.remaining_s === null ? '' : timeLeft(job.remaining_s - since_s),
      );
    case 'pausing':
      return t.pausing;
    case 'paused':
      if (isHeldDouble({ ...summary, job })) return t.alreadyHere;
      return job.error?.message ?? t.pausedAt(clock(job.position_s), lengthOf(job));
    case 'needs-file':
      return job.error?.message ?? t.audioGone;
    case 'failed':
      return job.error?.message ?? t.failed;
    case 'cancelled':
      return job.position_s > 0 ? t.cancelledAt(clock(job.position_s)) : t.cancelled;
    case 'done':
      return t.done;
  }
}

/**
 * The same in the width of a row.
 * @param {TranscriptSummary} summary
 * @param {number} [since_s] as of `jobText`
 * @returns {string}
 */
export function shortJobText(summary, since_s = 0) {
  const { job } = summary;
  const fraction = job.state === 'transcribing' ? jobFraction(job) : null;
  if (fraction === null) return jobText(summary, since_s);
  const left = job.remaining_s === null ? '' : timeLeft(job.remaining_s - since_s);
  return t.progress(percent(fraction), left);
}

/**
 * The recording is in the library already, and nobody has said yet what to do.
 * @param {Pick<TranscriptSummary, 'job' | 'same_as'>} summary
 */
export const isHeldDouble = ({ job, same_as }) =>
  job.state === 'paused' && Boolean(same_as) && job.position_s === 0 && !job.error;

/**
 * @param {readonly string[]} tracks as the file names them: name, language, codec
 * @param {number} index
 * @returns {string} `Track 2 – Czech · aac`
 */
export const trackName = (tracks, index) => t.track(index + 1, tracks[index]);

/** @param {TranscriptSummary['job']} job @returns {string} empty while it is not known */
const lengthOf = ({ duration_s }) => (duration_s ? clock(duration_s) : '');

/** @param {number} left_s */
const timeLeft = (left_s) =>
  left_s < ALMOST_S ? t.almostDone : t.left(Math.ceil(left_s / 60 - ROUNDED));

/**
 * How far a job is, for a progress bar.
 * @param {TranscriptSummary['job']} job
 * @returns {number | null} 0 to 1; null while nobody knows
 */
export function jobFraction(job) {
  if (job.state === 'loading') return job.total_bytes ? job.loaded_bytes / job.total_bytes : null;
  return job.duration_s ? Math.min(1, job.position_s / job.duration_s) : null;
}
