// Tabs of one browser: one of them leads, and requests reach it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tabs } from '../../web/app/tabs.js';

/**
 * @param {Partial<import('../../web/app/tabs.js').Listener>} listener
 * @returns {Tabs}
 */
function tab(listener = {}) {
  const ignore = () => {};
  return new Tabs({
    onRequest: ignore,
    onAnswer: ignore,
    onEvent: ignore,
    onLeaderChange: ignore,
    onHello: ignore,
    ...listener,
  });
}

/** @returns {[promise: Promise<any[]>, resolve: (...values: any[]) => void]} */
function call() {
  const { promise, resolve } = Promise.withResolvers();
  return [promise, (...values) => resolve(values)];
}

test('the first tab leads and the second follows', async () => {
  const [led, lead] = call();
  const [followed, follow] = call();
  const refuse = () => assert.fail('only one tab leads');
  void tab().elect(refuse, lead);
  await led;
  void tab().elect(follow, refuse);
  await followed;
});

test('a request reaches the other tabs, and its answer only the tab that asked', async () => {
  const [requested, onRequest] = call();
  const [answered, onAnswer] = call();
  const leader = tab({ onRequest });
  const follower = tab({ onAnswer });
  tab({ onAnswer: () => assert.fail('this tab did not ask') });
  const list = /** @type {any} */ ({ type: 'list' });
  follower.send({ from: follower.id, id: 7, request: list, attachments: [] });
  const [from, id, request] = await requested;
  assert.deepEqual([id, request], [7, { type: 'list' }]);
  leader.send({ to: from, id, answer: /** @type {any} */ ({ reply: 'here' }) });
  assert.deepEqual(await answered, [7, { reply: 'here' }]);
});

test('events, a greeting and a new leader reach every other tab', async () => {
  const [event, onEvent] = call();
  const [hello, onHello] = call();
  const [announced, onLeaderChange] = call();
  tab({ onEvent, onHello, onLeaderChange });
  const other = tab();
  other.send({ hello: true });
  other.send({ leader: true });
  other.send({ event: /** @type {any} */ ({ type: 'boot-changed' }) });
  await hello;
  await announced;
  assert.deepEqual(await event, [{ type: 'boot-changed' }]);
});
