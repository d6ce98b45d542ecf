// The page's state: one way to change it, and readers that run again.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import {
  applied,
  changed,
  dropped,
  effect,
  kept,
  shown,
  store,
  summaryOf,
  until,
  update,
} from '../../web/app/store.js';

/**
 * @param {string} id
 * @param {object} [job]
 * @param {object} [more]
 * @returns {any} a summary
 */
const summary = (id, job = {}, more = {}) => ({
  id,
  name: id,
  created_at: `2026-11-30T10:00:0${id.length}Z`,
  language: null,
  tags: [],
  ...more,
  job: { state: 'done', queue_position: 0, remaining_s: null, loaded_bytes: 0, ...job },
});

/** @param {...string} texts @returns {any} */
const segments = (...texts) => texts.map((text, start_s) => ({ text, start_s }));

/** @param {string} id @param {object} [over] */
const open = (id, over = {}) =>
  update({
    opened: { id, transcript: null, error: null, stale: false, jump: null, ...over },
  });

/** Every recording is listed. */
const NO_FILTER = { ...store.filter };

afterEach(() => {
  update({
    summaries: new Map(),
    pending: new Map(),
    estimated_ms: new Map(),
    opened: null,
    download: null,
    stage: 'starting',
    sort: 'date',
    selection: new Set(),
    filter: NO_FILTER,
  });
});

test('a library that starts anew makes the status of the one before stale', () => {
  const status = /** @type {any} */ ({ version: '1.0.0' });
  update(applied({ type: 'status-changed', status }));
  update(applied({ type: 'boot-changed', stage: 'starting', error: null }));
  update(applied({ type: 'boot-changed', stage: 'ready', error: null }));
  assert.equal(store.statusStale, true);
  update(applied({ type: 'status-changed', status: { ...status, version: '2.0.0' } }));
  assert.equal(store.statusStale, false);
});

test('an effect runs again only when something changed that it read, and once a change', () => {
  /** @type {[string, number][]} */
  const seen = [];
  const stop = effect(() => {
    seen.push([store.query, store.toasts.length]);
  });
  update({ query: 'harbour', serverCheck: 'asking', toasts: [] });
  update({ serverCheck: 'answers' });
  update({ query: 'harbour' });
  stop();
  update({ query: '' });
  assert.deepEqual(seen, [
    ['', 0],
    ['harbour', 0],
  ]);
});

test('a change that reads the state does not bind the effect that makes it', () => {
  let runs = 0;
  const stop = effect(() => {
    runs++;
    update(({ position_s }) => ({ position_s: (position_s ?? 0) + 1 }));
  });
  update({ position_s: 10 });
  stop();
  assert.equal(runs, 1);
});

test('the store cannot be changed but by an update', () => {
  assert.throws(() => {
    /** @type {any} */ (store).query = 'harbour';
  }, TypeError);
});

test('waiting ends with the first value, or with what reading throws', async () => {
  const ready = until(() => store.stage === 'ready' && store.stage);
  const failed = until(() => {
    if (store.stage === 'failed') throw new RangeError('broken');
    return null;
  });
  update({ stage: 'ready' });
  assert.equal(await ready, 'ready');
  update({ stage: 'failed' });
  await assert.rejects(failed, RangeError);
});

test('a recording that the library confirms is not pending any more', () => {
  const file = new Blob();
  update({ pending: new Map([['a', { summary: summary('a', { state: 'queued' }), file }]]) });
  assert.equal(summaryOf('a')?.job.state, 'queued');
  update(kept(summary('a', { state: 'loading', loaded_bytes: 1 })));
  assert.equal(store.pending.size, 0);
  assert.equal(summaryOf('a')?.job.state, 'loading');
});

test('a download that has begun is not asked for any more', () => {
  const needed = { type: 'download-needed', model: 'base', bytes: 1, metered: false };
  update(applied(/** @type {any} */ (needed)));
  update(kept(summary('a', { state: 'loading' })));
  assert.ok(store.download);
  update(kept(summary('a', { state: 'loading', loaded_bytes: 1 })));
  assert.equal(store.download, null);
});

test('the time of an estimate is kept until the next one', () => {
  update(kept(summary('a', { state: 'transcribing', remaining_s: 60 })));
  const first = store.estimated_ms.get('a');
  update(kept(summary('a', { state: 'transcribing', remaining_s: 60 })));
  assert.equal(store.estimated_ms.get('a'), first);
  update(kept(summary('a', { state: 'transcribing', remaining_s: 30 })));
  assert.notEqual(store.estimated_ms.get('a'), first);
});

test('the queue stands in the order of the work, the history newest first', () => {
  update(
    kept(
      summary('aaa', { state: 'queued', queue_position: 2 }),
      summary('aa', { state: 'queued', queue_position: 1 }),
      summary('aaaa', { state: 'transcribing' }),
      summary('b', {}, { tags: ['talk'], language: 'en' }),
      summary('bb', { state: 'failed' }),
    ),
  );
  assert.deepEqual(
    store.queue.map(({ id }) => id),
    ['aaaa', 'aa', 'aaa'],
  );
  assert.deepEqual(
    store.history.map(({ id }) => id),
    ['bb', 'b'],
  );
  update({ filter: { ...NO_FILTER, tag: 'talk' } });
  assert.deepEqual(
    store.history.map(({ id }) => id),
    ['b'],
  );
  assert.deepEqual([store.tags, store.languages, store.working], [['talk'], ['en'], true]);
});

test('the history is narrowed down to a speaker, and speakers without a name are no choice', () => {
  const person = (/** @type {string} */ name) => ({ id: 'S1', name, spoken_s: 1 });
  update(
    kept(
      summary('a', {}, { tags: [], speakers: [person('Mayor Hale'), person('S2')] }),
      summary('b', {}, { tags: [], speakers: [person('mayor hale')] }),
      summary('c', {}, { tags: [], speakers: [person('Vera')] }),
      summary('d', {}, { tags: [] }),
    ),
  );
  assert.deepEqual(store.speakers, ['Mayor Hale', 'Vera', 'mayor hale']);
  update({ filter: { ...NO_FILTER, speaker: 'Mayor Hale' } });
  assert.deepEqual(store.history.map(({ id }) => id).sort(), ['a', 'b']);
});

test('files that are no recordings stand by themselves', () => {
  const error = { type: 'MediaError', message: '', hint: '', detail: '' };
  update(
    kept(
      summary('a', { state: 'failed', error }, { nothing_heard: true }),
      summary('b', { state: 'failed', error }, { nothing_heard: false }),
      summary(
        'c',
        { state: 'failed', error: { ...error, type: 'ModelError' } },
        { nothing_heard: true },
      ),
    ),
  );
  const ids = (/** @type {readonly { id: string }[]} */ list) => list.map(({ id }) => id).sort();
  assert.deepEqual(ids(store.unreadable), ['a']);
  assert.deepEqual(ids(store.history), ['b', 'c']);
});

test('the history is sorted by name or by length when asked to', () => {
  update(
    kept(
      summary('a', {}, { name: 'Talk 10', duration_s: 5 }),
      summary('b', {}, { name: 'Talk 9', duration_s: 50 }),
    ),
  );
  const ids = () => store.history.map(({ id }) => id);
  update({ sort: 'name' });
  assert.deepEqual(ids(), ['b', 'a']);
  update({ sort: 'length' });
  assert.deepEqual(ids(), ['b', 'a']);
  update(kept(summary('a', {}, { name: 'Talk 10', duration_s: 500 })));
  assert.deepEqual(ids(), ['a', 'b']);
});

test('what is deleted is not selected any more', () => {
  update(kept(summary('a'), summary('b')));
  update({ selection: new Set(['a', 'b']) });
  update(dropped(['a']));
  assert.deepEqual([...store.selection], ['b']);
});

test('what is deleted is not on show any more', () => {
  update(kept(summary('a'), summary('b')));
  open('a');
  update(dropped(['b']));
  assert.equal(store.shownId, 'a');
  update(dropped(['a']));
  assert.equal(store.opened, null);
});

test('a text is shown only while its transcript is open', () => {
  open('a');
  update(shown(/** @type {any} */ ({ id: 'b', segments: [] })));
  assert.equal(store.opened?.transcript, null);
  update(shown(/** @type {any} */ ({ id: 'a', segments: [] })));
  assert.equal(store.opened?.transcript?.id, 'a');
});

test('new sentences follow those that are here; after a gap the text is read again', () => {
  open('a', { transcript: { id: 'a', segments: segments('one', 'two') } });
  /** @param {number} first @param {any} saved */
  const saved = (first, saved) =>
    update(applied({ type: 'segments-saved', transcript_id: 'a', first, segments: saved }));
  saved(1, segments('2', '3'));
  assert.deepEqual(
    store.opened?.transcript?.segments.map(({ text }) => text),
    ['one', '2', '3'],
  );
  assert.equal(store.opened?.stale, false);
  saved(9, segments('ten'));
  assert.equal(store.opened?.stale, true);
  assert.equal(store.opened?.transcript?.segments.length, 3);
});

test('the open text is described as its recording is', () => {
  open('a', { transcript: { id: 'a', name: 'old', segments: [] } });
  update(kept(summary('a', {}, { name: 'new' })));
  assert.equal(store.opened?.transcript?.name, 'new');
});

test('a change of a text puts segments in the place of others', () => {
  const transcript = { id: 'a', name: 'a', revision: 4, segments: segments('one', 'two', 'three') };
  open('a', { transcript });
  /** @type {any} */
  const updated = {
    transcript: summary('a', {}, { revision: 5 }),
    changes: [
      { first: 0, removed: 1, segments: segments('o', 'ne') },
      { first: 1, removed: 2, segments: segments('two three') },
    ],
  };
  update(changed(updated));
  const texts = () => store.opened?.transcript?.segments.map(({ text }) => text);
  assert.deepEqual(texts(), ['o', 'ne', 'two three']);
  assert.equal(store.opened?.transcript?.revision, 5);
  assert.equal(store.opened?.stale, false);
  update(changed({ ...updated, transcript: summary('a', {}, { revision: 9 }) }));
  assert.deepEqual(texts(), ['o', 'ne', 'two three']);
  assert.equal(store.opened?.stale, true, 'a change of another tab was missed');
});
