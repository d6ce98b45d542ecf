/** The service worker's side of the page: works offline, and updates that wait for the work. */
import { announceBuild } from './build-lock.js';
import { store, until, update } from './store.js';
import * as t from './strings/notes.js';
import { note } from './toasts.js';

/** Keep the page for use without a connection, where the browser can. */
export function startOffline() {
  if (!('serviceWorker' in navigator && __BUILD__.serviceWorkerURL)) return;
  announceBuild(new URL(__BUILD__.workerURL, document.baseURI).href);
  navigator.serviceWorker.addEventListener('message', ({ data }) => {
    if (data?.type !== 'offline-ready') return;
    update({ offlineReady: true });
  });
  void register().catch((error) => console.warn('No offline use:', error));
}

/** Let a new version take over, and start it. @param {ServiceWorker} worker */
export function takeOver(worker) {
  // Another tab was first, so no change of controller will come here.
  if (worker.state !== 'installed') return location.reload();
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload());
  worker.postMessage({ type: 'activate' });
}

async function register() {
  const controlled = Boolean(navigator.serviceWorker.controller);
  const registration = await navigator.serviceWorker.register(__BUILD__.serviceWorkerURL);
  registration.addEventListener('updatefound', () => watch(registration));
  watch(registration);
  const { active } = await navigator.serviceWorker.ready;
  if (!globalThis.crossOriginIsolated && !controlled) {
    note(t.reloadForCores, { action: { label: t.reload, run: () => location.reload() } });
  }
  // What is heavy is fetched for the cache only after the page itself has what it needs.
  await until(() => store.stage === 'ready');
  active?.postMessage({ type: 'keep-offline' });
}

/** @param {ServiceWorkerRegistration} registration */
function watch({ installing, waiting }) {
  if (waiting) offer(waiting);
  installing?.addEventListener('statechange', () => {
    if (installing.state === 'installed') offer(installing);
  });
}

/** @param {ServiceWorker} newVersion */
function offer(newVersion) {
  if (!navigator.serviceWorker.controller || store.newVersion) return;
  update({ newVersion });
  const run = () => {
    if (store.working) note(t.newVersionLater);
    update({ reloadWanted: true });
  };
  note(t.newVersionReady, { stays: true, action: { label: t.reload, run } });
}
