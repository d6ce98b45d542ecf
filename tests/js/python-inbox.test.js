// Calls to Python before and after it has started.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PythonInbox } from '../../web/workers/python-inbox.js';

test('calls wait for Python in their order, later ones go straight through', () => {
  const inbox = new PythonInbox();
  /** @type {any[]} */
  const heard = [];
  inbox.push('request', 1);
  inbox.push('host', 2);
  inbox.connect((...values) => heard.push(values));
  inbox.push('request', 3);
  assert.deepEqual(heard, [
    ['request', 1],
    ['host', 2],
    ['request', 3],
  ]);
});
