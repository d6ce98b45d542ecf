// Calls to Python before and after it is up.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Door } from '../../web/workers/python-door.js';

test('calls wait for Python in their order, later ones go straight through', () => {
  const door = new Door();
  /** @type {any[]} */
  const heard = [];
  door.knock('request', 1);
  door.knock('host', 2);
  door.open((...values) => heard.push(values));
  door.knock('request', 3);
  assert.deepEqual(heard, [
    ['request', 1],
    ['host', 2],
    ['request', 3],
  ]);
});
