/**
 * Earwitness without a connection, and isolated on hosts that cannot send the headers for it.
 *
 * Three tiers: the shell is kept at install; Python, transformers.js and ONNX Runtime when the page
 * asks (`keep-offline`), which answers every page with `offline-ready`; what few need, when it is
 * first used. Files named by their
 * content are shared by all builds. Models are never kept here: the engine owns them. A new
 * version waits until the page says `activate`, so that it never cuts a running job off. Files of
 * older builds are kept and served as long as a tab of another build is open.
 *
 * It also receives the files that the system shares with the installed page, for no host to see.
 */

import { announcedBuilds } from './app/build-lock.js';
import { SHARE_TARGET, SHARED } from './app/launch-addresses.js';
import { keepShared } from './app/shared-files.js';

const SCOPE = new URL('./', location.href);
const STATIC = 'earwitness-static';
const LISTS = 'earwitness-lists';
const SHELL = `earwitness-shell-${__PRECACHE__.id}`;
const INDEX = 'index.html';
const CSP = 'Content-Security-Policy';
/** In `LISTS`: the library was refused an origin, which the host may allow by now. */
const POLICY_WANTED = 'policy-wanted';
/** In the shell's cache: the host's policy as it is now, for files that were kept under another. */
const POLICY = 'policy';
/** The worker that runs extensions must not reach anything; its Python is handed in. */
const SEALED = /^assets\/extension-worker-/;
const SEALED_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";
/** Every file below these is named by its content. */
const HASHED = /^(assets|python|vendor|wheels)\//;
const CATALOGUE = 'models/catalogue.json';
/** Paths at which the page is. */
const PAGES = new Set(['', INDEX, SHARE_TARGET]);
const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const entries = new Map(
  [...__PRECACHE__.shell, ...__PRECACHE__.heavy, ...__PRECACHE__.rare].map((entry) => [
    entry.url,
    entry,
  ]),
);
/** Addresses of this build's files. */
const OWN = new Set([...entries.values()].map(addressOf));

/** @type {any} TypeScript's page library does not know the worker's own global. */
const scope = globalThis;

scope.addEventListener('install', (/** @type {any} */ event) => {
  event.waitUntil(Promise.all(__PRECACHE__.shell.map(keep)));
});

scope.addEventListener('activate', (/** @type {any} */ event) => {
  event.waitUntil(forgetOld().then(() => scope.clients.claim()));
});

scope.addEventListener('message', (/** @type {any} */ event) => {
  if (event.data?.type === 'activate') {
    scope.skipWaiting();
  } else if (event.data?.type === 'keep-offline') {
    event.waitUntil(
      forgetOld()
        .then(keepHeavy)
        .catch((error) => console.warn('Not kept for offline:', error)),
    );
  } else if (event.data?.type === 'queue-ended') {
    event.waitUntil(tellOutside(event.data).catch((error) => console.warn('Not notified:', error)));
  }
});

scope.addEventListener('notificationclick', (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(
    ownTabs().then(([tab]) => (tab ? tab.focus() : scope.clients.openWindow(SCOPE.href))),
  );
});

scope.addEventListener('fetch', (/** @type {any} */ event) => {
  /** @type {Request} */
  const request = event.request;
  const url = new URL(request.url);
  if (!url.href.startsWith(SCOPE.href)) {
    return;
  }
  const path = decodeURI(url.pathname.slice(SCOPE.pathname.length));
  if (request.method === 'POST' && path === SHARE_TARGET) {
    event.respondWith(takeShared(request));
  } else if (request.method !== 'GET') {
    return;
  } else if (request.mode === 'navigate') {
    // Other pages come from the network; without a connection, the app is shown.
    const other = () => fetch(request).catch(() => serve(INDEX));
    event.respondWith(PAGES.has(path) ? serveIndex() : other());
  } else if (path === CATALOGUE) {
    event.respondWith(newest(request));
  } else if (entries.has(path)) {
    event.respondWith(serve(path));
  } else if (HASHED.test(path)) {
    event.respondWith(serveOld(request, path));
  }
});

/**
 * Keep shared files for the page, and show it. The page asks the user about files that another site
 * may have posted; only the system's own requests come from no site.
 *
 * @param {Request} request
 * @returns {Promise<Response>} To the page; where there are no files, it says to share again.
 */
async function takeShared(request) {
  try {
    const fromSystem = request.headers.get('Sec-Fetch-Site') === 'none';
    const given = (await request.formData()).getAll('files');
    const files = /** @type {File[]} */ (given.filter((each) => each instanceof File));
    if (files.length) {
      await keepShared(files, fromSystem);
      return Response.redirect(new URL(SHARED, SCOPE).href, 303);
    }
  } catch (error) {
    console.warn('Shared files were not kept:', error);
  }
  return Response.redirect(new URL(SHARE_TARGET, SCOPE).href, 303);
}

/** The page, under the policy that its host has now where the old one stood in the way. */
async function serveIndex() {
  await askForPolicy().catch(() => undefined); // Without a connection the old one stays.
  return serve(INDEX);
}

/** Kept files keep their headers, so a changed policy would not be seen before the next build. */
async function askForPolicy() {
  const lists = await caches.open(LISTS);
  if (!(await lists.match(new URL(POLICY_WANTED, location.origin)))) {
    return;
  }
  const answer = await fetch(INDEX, { method: 'HEAD', cache: 'no-store' });
  const policy = answer.headers.get(CSP);
  if (answer.ok && policy) {
    await (await caches.open(SHELL)).put(POLICY, new Response(policy));
  }
  await lists.delete(new URL(POLICY_WANTED, location.origin));
}

/** @returns {Promise<string>} Empty: files come with the policy they were kept with. */
async function policyNow() {
  const kept = await (await caches.open(SHELL)).match(POLICY);
  return kept ? kept.text() : '';
}

/**
 * A file of this build: from the cache, else from the network and kept.
 *
 * @param {string} path
 * @returns {Promise<Response>}
 */
async function serve(path) {
  const entry = /** @type {PrecacheEntry} */ (entries.get(path));
  // A full disk or a half-sent file must not keep from the page what the network can give.
  const response = await keep(entry).catch(() => fetch(addressOf(entry)));
  return SEALED.test(path) ? sealed(response) : isolated(response, await policyNow());
}

/**
 * A file of another build, which the host may no longer have: as it was kept, else from the network.
 *
 * @param {Request} request
 * @param {string} path
 * @returns {Promise<Response>}
 */
async function serveOld(request, path) {
  const kept = await (await caches.open(STATIC)).match(new URL(path, SCOPE).href);
  if (SEALED.test(path)) {
    return sealed(kept ?? (await fetch(request)));
  }
  return kept ? isolated(kept, await policyNow()) : fetch(request);
}

/**
 * The list of models as it is now, else as it was.
 *
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function newest(request) {
  const cache = await caches.open(LISTS);
  try {
    // Hosts that send no Cache-Control would have browsers keep an old list for weeks.
    const response = await fetch(request, { cache: 'no-cache' });
    if (response.ok) {
      await cache.put(request.url, response.clone());
    }
    return isolated(response);
  } catch {
    const kept = await cache.match(request.url);
    return kept ? isolated(kept) : Response.error();
  }
}

/**
 * Fetch and keep one file. Files named by their content are checked for their size.
 *
 * @param {PrecacheEntry} entry
 * @returns {Promise<Response>}
 */
async function keep(entry) {
  const cache = await caches.open(entry.revision ? SHELL : STATIC);
  const address = addressOf(entry);
  const kept = await cache.match(address);
  if (kept) {
    return kept;
  }
  const cached = entry.revision ? 'reload' : 'default';
  const response = await fetch(address, { cache: cached, integrity: entry.integrity ?? '' });
  const body = await response.blob();
  if (!response.ok || (!entry.revision && body.size !== entry.bytes)) {
    throw new TypeError(`${entry.url}: status ${response.status}, ${body.size} bytes`);
  }
  const whole = isolated(new Response(body, { headers: response.headers }));
  await cache.put(address, whole.clone());
  return (await cache.match(address)) ?? whole;
}

/** Keep what the workers need, then tell every page. */
async function keepHeavy() {
  const cache = await caches.open(STATIC);
  let fresh = false;
  for (const entry of __PRECACHE__.heavy) {
    if (!(await cache.match(addressOf(entry)))) {
      await keep(entry);
      fresh = true;
    }
  }
  for (const client of await scope.clients.matchAll({ includeUncontrolled: true })) {
    client.postMessage({ type: 'offline-ready', fresh });
  }
}

/**
 * Show a notification and a badge, unless a tab is on show.
 *
 * @param {{ title: string, body: string, count: number }} message
 */
async function tellOutside({ title, body, count }) {
  if ((await ownTabs()).some(({ visibilityState }) => visibilityState === 'visible')) {
    return;
  }
  await scope.navigator.setAppBadge?.(count).catch(() => {});
  const icon = new URL('icons/icon-192.png', SCOPE).href;
  await scope.registration.showNotification(title, { body, icon, tag: 'queue-ended' });
}

/** Delete older pages, and the other files of older builds once no tab can need them. */
async function forgetOld() {
  for (const name of await caches.keys()) {
    if (name.startsWith('earwitness-shell-') && name !== SHELL) {
      await caches.delete(name);
    }
  }
  if (await isOtherBuildOpen()) {
    return;
  }
  const cache = await caches.open(STATIC);
  for (const request of await cache.keys()) {
    if (!OWN.has(request.url)) {
      await cache.delete(request);
    }
  }
}

/** @returns {Promise<boolean>} Also true for a tab that has announced no build, as in 0.1.0. */
async function isOtherBuildOpen() {
  const tabs = await ownTabs();
  const announced = (await announcedBuilds()).filter((address) => address.startsWith(SCOPE.href));
  return tabs.length > announced.length || announced.some((address) => !OWN.has(address));
}

/** @returns {Promise<any[]>} The tabs of the page, whichever build they are of. */
async function ownTabs() {
  const all = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return all.filter((/** @type {{ url: string }} */ { url }) => url.startsWith(SCOPE.href));
}

/**
 * @param {Response} response
 * @param {string} [policy] To hold it to, in place of its own.
 * @returns {Response} The same with the headers that isolate a page; a redirect's trace is gone.
 *   What came out of the cache with all of that is returned itself, not a copy: only then does
 *   Chromium keep the machine code of its scripts and WebAssembly beside it.
 */
function isolated(response, policy = '') {
  if (response.type === 'error' || response.status === 0 || isReady(response, policy)) {
    return response;
  }
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) {
    if (!headers.has(name)) {
      headers.set(name, value);
    }
  }
  if (policy && headers.has(CSP)) {
    headers.set(CSP, policy);
  }
  // The body is decoded already; its old length and encoding would be wrong.
  headers.delete('Content-Encoding');
  headers.delete('Content-Length');
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

/**
 * @param {Response} response
 * @param {string} policy
 */
function isReady({ headers, redirected }, policy) {
  return (
    !redirected &&
    !headers.has('Content-Encoding') &&
    Object.keys(HEADERS).every((name) => headers.has(name)) &&
    !(policy && headers.has(CSP) && headers.get(CSP) !== policy)
  );
}

/**
 * @param {Response} response
 * @returns {Response} The same under the policy of extensions, whatever its host sends.
 */
function sealed(response) {
  const headers = new Headers(isolated(response).headers);
  headers.set(CSP, SEALED_POLICY);
  return new Response(response.body, { status: response.status, headers });
}

/** @param {PrecacheEntry} entry */
function addressOf(entry) {
  return new URL(entry.url, SCOPE).href;
}
