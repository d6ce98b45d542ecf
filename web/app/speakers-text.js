/** The analysis of speakers in words. */
/** @import { TranscriptSummary } from '../generated/messages' */
import { percent } from './format.js';
import * as t from './strings/speakers.js';

/**
 * How far the analysis of a recording is, or what it found.
 * @param {TranscriptSummary} summary one of 0.1.0, in the list shown before Python is up, has no speakers
 * @returns {string} empty where nobody asked for it and nobody is named
 */
export function speakersText({ speaker_job: job, speakers = [], duration_s }) {
  switch (job?.state) {
    case 'queued':
      return t.waiting;
    case 'loading':
      return t.loading(percent(job.total_bytes ? job.loaded_bytes / job.total_bytes : 0));
    case 'running':
      return t.running(percent(duration_s ? Math.min(1, job.position_s / duration_s) : 0));
    case 'failed':
      return t.failed;
    default:
      return speakers.length ? t.count(speakers.length) : '';
  }
}
