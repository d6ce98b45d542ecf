/** The service worker's side of the page: works offline, and updates that wait for the work. */
import { RUNNING } from '../generated/constants.js';
import { state } from './state.js';
import { note } from './toast-list.js';

export function startOffline() {
  if (!('serviceWorker' in navigator)) return;
  navigator.serviceWorker.addEventListener('message', ({ data }) => {
    if (data?.type !== 'offline-ready') return;
    if (!state.offline.ready && data.fresh) note('This page opens without a connection now.');
    state.offline.ready = true;
    state.changed('offline');
  });
  void register().catch((error) => console.warn('No offline use:', error));
}

async function register() {
  const controlled = Boolean(navigator.serviceWorker.controller);
  const registration = await navigator.serviceWorker.register(__BUILD__.serviceWorkerURL);
  registration.addEventListener('updatefound', () => watch(registration));
  watch(registration);
  const { active } = await navigator.serviceWorker.ready;
  if (!globalThis.crossOriginIsolated && !controlled) {
    note('Reload the page once to use all of this device’s processor cores.', {
      action: { label: 'Reload', run: () => location.reload() },
    });
  }
  await libraryReady();
  active?.postMessage({ type: 'keep-offline' });
}

/** What is heavy is fetched for the cache only after the page itself has what it needs. */
function libraryReady() {
  return new Promise((resolve) => {
    const check = () => state.stage === 'ready' && resolve(undefined);
    state.addEventListener('boot', check);
    check();
  });
}

/** @param {ServiceWorkerRegistration} registration */
function watch({ installing, waiting }) {
  const offer = (/** @type {ServiceWorker} */ worker) => {
    if (navigator.serviceWorker.controller && !state.offline.update) offerUpdate(worker);
  };
  if (waiting) offer(waiting);
  installing?.addEventListener('statechange', () => {
    if (installing.state === 'installed') offer(installing);
  });
}

/** Something goes on by itself; what is paused, or waits for its file, may wait for ever. */
function working() {
  return state.queue.some(({ job }) => RUNNING.has(job.state) || job.state === 'queued');
}

/** @param {ServiceWorker} worker */
function offerUpdate(worker) {
  state.offline.update = true;
  const reload = () => {
    if (working()) {
      note('The new version starts by itself when the work here is done.');
      state.addEventListener('library', later);
    } else {
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload());
      worker.postMessage({ type: 'activate' });
    }
  };
  const later = () => {
    if (working()) return;
    state.removeEventListener('library', later);
    reload();
  };
  note('A new version of Earwitness is ready.', {
    stays: true,
    action: { label: 'Reload', run: reload },
  });
}
