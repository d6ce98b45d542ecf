// A job in words: each state has its sentence.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobFraction, jobText, shortJobText, trackName } from '../../web/app/job-text.js';

/**
 * @param {Partial<import('../../web/generated/messages').JobView>} job
 * @param {Partial<import('../../web/generated/messages').TranscriptSummary>} summary
 * @returns {any}
 */
function summaryOf(job, summary = {}) {
  return {
    language: null,
    duration_s: 0,
    word_count: 0,
    ends_s: 0,
    ...summary,
    job: {
      position_s: 0,
      duration_s: 0,
      loaded_bytes: 0,
      total_bytes: 0,
      remaining_s: null,
      queue_position: 0,
      error: null,
      server: '',
      ...job,
    },
  };
}

const error = { type: 'MediaError', message: 'The file is damaged.', hint: '', detail: '' };
/** @type {[job: object, expected: string][]} */
const JOBS = [
  [{ state: 'queued' }, 'Waiting'],
  [{ state: 'queued', queue_position: 1 }, 'Next'],
  [{ state: 'queued', queue_position: 3 }, '3rd in the queue'],
  [{ state: 'queued', server: 'a.example' }, 'Waiting to be sent to a.example'],
  [{ state: 'queued', error }, 'The file is damaged.'],
  [{ state: 'loading' }, 'Loading model'],
  [{ state: 'loading', loaded_bytes: 1, total_bytes: 4 }, 'Loading model 25 %'],
  [{ state: 'loading', loaded_bytes: 4, total_bytes: 4 }, 'Preparing the model'],
  [{ state: 'loading', server: 'a.example' }, 'Waiting for a.example'],
  [
    { state: 'loading', server: 'a.example', error: { message: 'No worker has the model.' } },
    'No worker has the model.',
  ],
  [
    { state: 'loading', server: 'a.example', loaded_bytes: 1, total_bytes: 2 },
    'Sending to a.example: 50 %',
  ],
  [{ state: 'transcribing' }, 'Transcribing'],
  [
    { state: 'transcribing', position_s: 60, duration_s: 300, remaining_s: 90 },
    'Transcribing 1:00 of 5:00, about 2 min left',
  ],
  [{ state: 'transcribing', remaining_s: 2 }, 'Transcribing, almost done'],
  [{ state: 'transcribing', server: 'a.example' }, 'Transcribing on a.example'],
  [{ state: 'pausing' }, 'Pausing…'],
  [{ state: 'paused', position_s: 5 }, 'Paused at 0:05'],
  [{ state: 'paused', position_s: 5, duration_s: 60 }, 'Paused at 0:05 of 1:00'],
  [{ state: 'needs-file' }, 'The audio is no longer on this device.'],
  [{ state: 'failed', error }, 'The file is damaged.'],
  [{ state: 'failed' }, 'Failed.'],
  [{ state: 'done' }, 'Done'],
  [{ state: 'cancelled' }, 'Cancelled'],
  [{ state: 'cancelled', position_s: 61 }, 'Cancelled at 1:01'],
];

for (const [job, expected] of JOBS) {
  test(`${JSON.stringify(job)} reads "${expected}"`, () => {
    assert.equal(jobText(summaryOf(job)), expected);
  });
}

test('the time left counts down', () => {
  const summary = summaryOf({ state: 'transcribing', remaining_s: 5000 });
  /** @param {number} since_s @param {string} left */
  const reads = (since_s, left) => assert.equal(jobText(summary, since_s), `Transcribing, ${left}`);
  reads(0, 'about 1 h 24 min left');
  reads(3000, 'about 34 min left');
  reads(4930, 'about a minute left');
  reads(4990, 'less than a minute left');
  reads(4999, 'almost done');
});

test('a recording that is here already says so until it is decided', () => {
  const held = { state: /** @type {const} */ ('paused') };
  assert.equal(jobText(summaryOf(held, { same_as: 'other' })), 'You already have this recording.');
  const begun = { ...held, position_s: 5 };
  assert.equal(jobText(summaryOf(begun, { same_as: 'other' })), 'Paused at 0:05');
});

test('a row tells the part done', () => {
  const job = { state: /** @type {const} */ ('transcribing'), position_s: 60, duration_s: 300 };
  assert.equal(shortJobText(summaryOf(job)), '20 %');
  assert.equal(
    shortJobText(summaryOf({ ...job, remaining_s: 90 }), 30),
    '20 % · about a minute left',
  );
  assert.equal(shortJobText(summaryOf({ state: 'queued', queue_position: 1 })), 'Next');
});

test('the fraction of a job is unknown until something is known', () => {
  const fraction = (/** @type {any} */ job) => jobFraction(summaryOf(job).job);
  assert.equal(fraction({ state: 'loading' }), null);
  assert.equal(fraction({ state: 'loading', loaded_bytes: 1, total_bytes: 4 }), 0.25);
  assert.equal(fraction({ state: 'transcribing' }), null);
  assert.equal(fraction({ state: 'transcribing', position_s: 90, duration_s: 60 }), 1);
});

test('a track has a number, and its name where it has one', () => {
  assert.equal(trackName(['Czech · aac'], 0), 'Track 1 – Czech · aac');
  assert.equal(trackName(['', ''], 1), 'Track 2');
});
