/**
 * In the development page only: takes the place of a build's service worker that this origin may
 * still have, and goes, so that pages come from the server again.
 */

/** @type {any} TypeScript's page library does not know the worker's own global. */
const worker = globalThis;

worker.addEventListener('install', () => worker.skipWaiting());
worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(leave()));

async function leave() {
  await worker.registration.unregister();
  for (const page of await worker.clients.matchAll({ type: 'window' })) {
    await page.navigate(page.url);
  }
}
