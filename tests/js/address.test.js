// The address of a transcript and of a time in it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, readAddress, searchAddress } from '../../web/app/address.js';

test('an address names the transcript, and the time where there is one', () => {
  assert.equal(addressOf('01ABC'), '#/t/01ABC');
  assert.equal(addressOf('01ABC', 0), '#/t/01ABC?at=0.000');
  assert.equal(addressOf('01ABC', 12.3456), '#/t/01ABC?at=12.346');
});

test('an identifier cannot end the path', () => {
  assert.equal(addressOf('a?at=1#/t/b'), '#/t/a%3Fat%3D1%23%2Ft%2Fb');
});

test('an address names the search that stands', () => {
  assert.equal(addressOf('a', null, 'x & y'), '#/t/a?s=x%20%26%20y');
  assert.equal(addressOf('a', 1, 'Łódź'), '#/t/a?at=1.000&s=%C5%81%C3%B3d%C5%BA');
  assert.equal(searchAddress('what?'), '#/s/what%3F');
  assert.equal(searchAddress(''), '#/');
});

test('an address is read as it was written', () => {
  const nothing = { id: null, at_s: null, query: null, date: null };
  assert.deepEqual(readAddress('#/'), nothing);
  assert.deepEqual(readAddress(''), nothing);
  assert.deepEqual(readAddress('#/t/a?at=12.346'), { ...nothing, id: 'a', at_s: 12.346 });
  assert.deepEqual(readAddress('#/t/a?at=x'), { ...nothing, id: 'a' });
  assert.deepEqual(readAddress(searchAddress('50 % off')), {
    ...nothing,
    query: '50 % off',
    date: '',
  });
  assert.deepEqual(readAddress('#/s/%E0%A4%A'), {
    ...nothing,
    query: '%E0%A4%A',
    date: '',
  });
  const [id, at_s, query] = ['a?at=1#/t/b', 0.5, 'a+b "c d" 東京'];
  assert.deepEqual(readAddress(addressOf(id, at_s, query, '7')), { id, at_s, query, date: '7' });
  const days = '2026-11-01..2026-11-30';
  assert.deepEqual(readAddress(searchAddress('a?b', days)), {
    ...nothing,
    query: 'a?b',
    date: days,
  });
  assert.deepEqual(readAddress(searchAddress('', 'today')), {
    ...nothing,
    query: '',
    date: 'today',
  });
});
