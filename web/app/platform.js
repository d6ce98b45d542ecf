/** What the library and the page ask of the browser. */
/** @import { ExportedFile } from '../generated/messages' */
import { update } from './store.js';

/**
 * While work is under way, keep the screen on and let the page warn before it closes.
 * @type {(on: boolean) => void}
 */
export const wakeLock = newWakeLock();

/** Ask the browser to keep our data. @returns {Promise<boolean>} whether it promises to */
export const persist = async () => (await navigator.storage?.persist?.()) ?? false;

/** The browser drops a wake lock when the tab is hidden; take it again when it comes back. */
function newWakeLock() {
  let wanted = false;
  /** @type {WakeLockSentinel | null} */
  let held = null;
  const settle = async () => {
    if (!wanted) {
      await held?.release();
      held = null;
    } else if ((!held || held.released) && document.visibilityState === 'visible') {
      held = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
      if (!wanted) await held?.release();
    }
  };
  document.addEventListener('visibilitychange', settle);
  return (/** @type {boolean} */ on) => {
    wanted = on;
    update({ saving: on });
    void settle();
  };
}

/** @returns {boolean} whether the browser lets the user choose a folder */
export const hasFolders = () => 'showDirectoryPicker' in window;

/**
 * A file that the library keeps in the origin's private file system.
 * @param {string} path
 * @returns {Promise<File>}
 */
export async function fileAt(path) {
  const names = path.split('/').filter(Boolean);
  let folder = await navigator.storage.getDirectory();
  for (const name of names.slice(0, -1)) folder = await folder.getDirectoryHandle(name);
  return (await folder.getFileHandle(names.at(-1) ?? '')).getFile();
}

/** @param {ExportedFile} file @returns {Blob} its content */
export function blobOf({ base64, text, media_type }) {
  const content = base64 ? Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)) : text;
  return new Blob([content], { type: media_type });
}

/** Hand a file to the browser's downloads. @param {Blob} file @param {string} name */
export function saveFile(file, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * Keep a preference of this device that no decision of the library depends on.
 * @param {string} name
 * @param {string} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(`earwitness-${name}`, value);
  } catch {
    // Storage may be full or forbidden: the preference lasts for this visit.
  }
}

/** @param {string} name @returns {string | null} what `remember` kept; null where it kept nothing */
export function recall(name) {
  try {
    return localStorage.getItem(`earwitness-${name}`);
  } catch {
    return null;
  }
}
