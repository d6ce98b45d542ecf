/** How the system opens the installed page: with files, by a shortcut, by sharing. */
import { addressOf } from './address.js';
import { takeFiles, toSearch } from './input.js';
import { NEWEST, SEARCH, SHARE_TARGET, SHARED } from './launch-addresses.js';
import { store, until } from './store.js';
import { shareAgain } from './strings/launch.js';
import { note, tellError } from './toasts.js';

/** Follow the address that the system opened, and take in what it opens later. */
export function startLaunch() {
  linkManifest();
  if (location.pathname.endsWith(`/${SHARE_TARGET}`)) {
    // Without a service worker in charge nobody has kept the files.
    history.replaceState(null, '', './');
    note(shareAgain, { stays: true });
  }
  void follow(location.hash);
  window.launchQueue?.setConsumer((launch) => void take(launch).catch(tellError));
}

/** index.html names the manifest at the root of its host, but the page may lie at any path. */
function linkManifest() {
  const link = /** @type {HTMLLinkElement} */ (document.querySelector('link[rel=manifest]'));
  const own = new URL(/** @type {string} */ (link.getAttribute('href')).slice(1), document.baseURI);
  if (link.href !== own.href) link.href = own.href;
}

/** @param {LaunchParams} launch */
async function take({ files, targetURL }) {
  if (files?.length) {
    const handles = files.filter((each) => each instanceof FileSystemFileHandle);
    takeFiles(await Promise.all(handles.map((each) => each.getFile())));
  } else if (targetURL) await follow(new URL(targetURL).hash);
}

/** @param {string} hash of the address that the system opened */
async function follow(hash) {
  if (hash === SEARCH) toSearch();
  else if (hash === SHARED) await (await import('./take-shared.js')).takeShared();
  else if (hash === NEWEST) {
    await until(() => store.listed);
    const newest = store.finished[0];
    if (newest) location.hash = addressOf(newest.id);
  }
}
