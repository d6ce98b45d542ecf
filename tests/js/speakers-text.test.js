import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countText, speakerCount } from '../../web/app/speaker-count.js';
import { speakersText } from '../../web/app/speakers-text.js';
import { NEW_SUMMARY } from '../../web/generated/constants.js';

test('a number, a range, or nothing says how many speakers there are', () => {
  assert.equal(speakerCount(''), true);
  assert.equal(speakerCount(' 3 '), 3);
  assert.deepEqual(speakerCount('2–4'), [2, 4]);
  assert.deepEqual(speakerCount('2 - 4'), [2, 4]);
  assert.equal(speakerCount('3-3'), 3);
  for (const wrong of ['0', '4-2', '51', 'two', '1-2-3', '-3', '2.5']) {
    assert.equal(speakerCount(wrong), null, wrong);
  }
});

test('what was asked for is written as it is read', () => {
  for (const count of [true, 3, [2, 4]]) {
    assert.deepEqual(speakerCount(countText(count)), count);
  }
});

test('the state of the analysis is told in words', () => {
  const job = { speakers: true, position_s: 30, loaded_bytes: 5, total_bytes: 10, error: null };
  const text = (/** @type {any} */ speaker_job, speakers = []) =>
    speakersText({ ...NEW_SUMMARY, duration_s: 60, speaker_job, speakers });
  assert.equal(text(null), '');
  assert.equal(text({ ...job, state: 'queued' }), 'Speakers: waiting');
  assert.match(text({ ...job, state: 'loading' }), /50 %/);
  assert.match(text({ ...job, state: 'running' }), /50 %/);
  assert.match(text({ ...job, state: 'failed' }), /not found/);
  const two = /** @type {any} */ ([{ id: 'S1' }, { id: 'S2' }]);
  assert.equal(text({ ...job, state: 'done' }, two), '2 speakers');
  assert.equal(text(null, two), '2 speakers');
});
