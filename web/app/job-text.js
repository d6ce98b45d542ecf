/** A job in words. */
/** @import { TranscriptSummary } from '../generated/messages' */
import { clock, count, length, ordinal, percent } from './format.js';
import { languageName } from './languages.js';

/** An estimate is never so exact that its last seconds are worth counting. */
const ALMOST_S = 3;

/**
 * @param {TranscriptSummary} summary
 * @param {number} [since_s] how long ago the time left was estimated
 * @returns {string}
 */
export function jobText({ job, ...summary }, since_s = 0) {
  switch (job.state) {
    case 'queued':
      if (job.error) return job.error.message;
      if (job.server) return `Waiting to be sent to ${job.server}`;
      if (job.queue_position === 1) return 'Waiting (next in line)';
      return job.queue_position ? `Waiting (${ordinal(job.queue_position)} in line)` : 'Waiting';
    case 'loading':
      if (job.server) return sending(job);
      if (!job.total_bytes) return 'Loading model';
      if (job.loaded_bytes >= job.total_bytes) return 'Preparing the model';
      return `Loading model ${percent(job.loaded_bytes / job.total_bytes)} %`;
    case 'transcribing':
      return transcribing(job, since_s);
    case 'pausing':
      return 'Pausing…';
    case 'paused':
      if (job.error) return job.error.message;
      return `Paused at ${clock(job.position_s)}${job.duration_s ? ` of ${clock(job.duration_s)}` : ''}`;
    case 'needs-file':
      return job.error?.message ?? 'The audio is no longer on this device.';
    case 'failed':
      return job.error?.message ?? 'Failed.';
    case 'cancelled':
      return job.position_s > 0 ? `Cancelled at ${clock(job.position_s)}` : 'Cancelled';
    case 'done':
      return [
        ...(summary.language ? [languageName(summary.language)] : []),
        length(summary.duration_s),
        summary.word_count === 1 ? '1 word' : `${count(summary.word_count)} words`,
        ...(summary.ends_s ? ['incomplete'] : []),
        ...(job.server ? [`on ${job.server}`] : []),
      ].join(' · ');
  }
}

/**
 * @param {readonly string[]} tracks as the file names them: name, language, codec
 * @param {number} index
 * @returns {string} `Track 2 – Czech · aac`
 */
export function trackName(tracks, index) {
  return [`Track ${index + 1}`, tracks[index]].filter(Boolean).join(' – ');
}

/** @param {TranscriptSummary['job']} job @returns {string} */
function sending({ server, loaded_bytes, total_bytes }) {
  if (!total_bytes) return `Waiting for ${server}`;
  return `Sending to ${server}: ${percent(loaded_bytes / total_bytes)} %`;
}

/** @param {TranscriptSummary['job']} job @param {number} since_s @returns {string} */
function transcribing(job, since_s) {
  const where = job.duration_s ? ` ${clock(job.position_s)} of ${clock(job.duration_s)}` : '';
  const left = job.remaining_s === null ? '' : timeLeft(job.remaining_s - since_s);
  return `Transcribing${job.server ? ` on ${job.server}` : ''}${where}${left}`;
}

/** @param {number} left_s */
const timeLeft = (left_s) =>
  left_s < ALMOST_S ? ', almost done' : `, about ${clock(left_s)} left`;

/**
 * How far a job is, for a progress bar.
 * @param {TranscriptSummary['job']} job
 * @returns {number | null} 0 to 1; null while nobody knows
 */
export function jobFraction(job) {
  if (job.state === 'loading') return job.total_bytes ? job.loaded_bytes / job.total_bytes : null;
  return job.duration_s ? Math.min(1, job.position_s / job.duration_s) : null;
}
