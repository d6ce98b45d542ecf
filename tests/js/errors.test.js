// Errors as plain data, on both sides of the page.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { viewOf as pageView, RequestError } from '../../web/app/request-error.js';
import { PlatformError, storageError, viewOf } from '../../web/workers/errors.js';

test('an error of the platform keeps its words and its cause', () => {
  const words = { message: 'It is damaged.', hint: 'Try another.' };
  const error = new PlatformError('MediaError', words, new TypeError('x'));
  assert.deepEqual(viewOf(error), {
    type: 'MediaError',
    message: 'It is damaged.',
    hint: 'Try another.',
    detail: 'TypeError: x',
  });
});

test('any other error gets a sentence, and the detail for a report', () => {
  for (const view of [viewOf(new RangeError('y')), pageView(new RangeError('y'))]) {
    assert.equal(view.detail, 'RangeError: y');
    assert.ok(view.message && view.hint);
  }
  assert.equal(viewOf('thrown text').detail, 'thrown text');
});

test('a failed write says why', () => {
  const named = (/** @type {string} */ name) =>
    storageError(new DOMException('no', name), 'recording');
  assert.match(named('QuotaExceededError').message, /^The recording does not fit/);
  assert.match(named('SecurityError').message, /refuses its storage/);
  assert.match(named('DataError').message, /could not be written/);
  const error = new PlatformError('StorageError', { message: 'Full.', hint: 'Delete something.' });
  assert.equal(storageError(error, 'recording'), error);
});

test('an error view becomes an error and comes back unchanged', () => {
  const view = { type: 'NotFoundError', message: 'It is gone.', hint: 'Add it again.', detail: '' };
  const error = new RequestError(view);
  assert.equal(error.message, 'It is gone. Add it again.');
  assert.equal(error.name, 'NotFoundError');
  assert.equal(pageView(error), view);
});
