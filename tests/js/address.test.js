// The address of a transcript and of a time in it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf } from '../../web/app/address.js';

test('an address names the transcript, and the time where there is one', () => {
  assert.equal(addressOf('01ABC'), '#/t/01ABC');
  assert.equal(addressOf('01ABC', 0), '#/t/01ABC?at=0.000');
  assert.equal(addressOf('01ABC', 12.3456), '#/t/01ABC?at=12.346');
});

test('an identifier cannot end the path', () => {
  assert.equal(addressOf('a?at=1#/t/b'), '#/t/a%3Fat%3D1%23%2Ft%2Fb');
});
