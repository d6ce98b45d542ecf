import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask } from '../../web/app/questions.js';
import { store, until } from '../../web/app/store.js';

/** @param {string} message */
const question = (message) => ({
  view: { type: 'Question', message, hint: '', detail: '' },
  yes: 'Merge',
});

test('a second question waits for the answer to the first', async () => {
  const first = ask(question('first'));
  const second = ask(question('second'));
  const shown = await until(() => store.question);
  assert.equal(shown.view.message, 'first');
  shown.answer('yes');
  assert.equal(await first, 'yes');
  const next = await until(() => store.question);
  assert.equal(next.view.message, 'second');
  next.answer('');
  assert.equal(await second, '');
  assert.equal(store.question, null);
});
