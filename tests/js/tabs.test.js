// Tabs of one browser: one of them leads, and requests reach it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tabs } from '../../web/app/tabs.js';

/**
 * @param {Partial<import('../../web/app/tabs.js').Listener>} listener
 * @returns {Tabs}
 */
function tab(listener = {}) {
  const deaf = () => {};
  return new Tabs({
    asked: deaf,
    answered: deaf,
    heard: deaf,
    newLeader: deaf,
    greeted: deaf,
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
  const [asked, onAsked] = call();
  const [answered, onAnswered] = call();
  const leader = tab({ asked: onAsked });
  const follower = tab({ answered: onAnswered });
  tab({ answered: () => assert.fail('this tab did not ask') });
  follower.ask(7, /** @type {any} */ ({ type: 'list' }), []);
  const [from, id, request] = await asked;
  assert.deepEqual([id, request], [7, { type: 'list' }]);
  leader.answer(from, id, /** @type {any} */ ({ reply: 'here' }));
  assert.deepEqual(await answered, [7, { reply: 'here' }]);
});

test('events, a greeting and a new leader reach every other tab', async () => {
  const [heard, onHeard] = call();
  const [greeted, onGreeted] = call();
  const [announced, onAnnounced] = call();
  tab({ heard: onHeard, greeted: onGreeted, newLeader: onAnnounced });
  const other = tab();
  other.greet();
  other.announce();
  other.tell(/** @type {any} */ ({ type: 'boot-changed' }));
  await greeted;
  await announced;
  assert.deepEqual(await heard, [{ type: 'boot-changed' }]);
});
