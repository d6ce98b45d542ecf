/** How the user wants to read: kept on this device. */
import { recall, remember } from './platform.js';
import { signal } from './store.js';

const OFF = 'off';

/** @param {string} name */
const kept = (name) => signal(recall(name) !== OFF);

const NAMES = /** @type {const} */ ({ doubts: 'show-doubts', keys: 'single-keys' });

/** Whether doubtful words are marked. */
export const showsDoubts = kept(NAMES.doubts);
/** Whether keys without Ctrl or Alt do something outside text fields (WCAG 2.1.4). */
export const singleKeys = kept(NAMES.keys);

const NOTIFIES = 'notifications';
/** Whether the system tells the user when long work has ended. */
export const notifies = signal(recall(NOTIFIES) === 'on');

/** @param {boolean} on */
export function wantNotifications(on) {
  notifies.value = on;
  remember(NOTIFIES, on ? 'on' : OFF);
}

const FOLDER = 'folder';

/** Whether a folder is kept in step. */
export const keepsFolder = () => recall(FOLDER) === 'on';

/** @param {boolean} on */
export const keepInStep = (on) => remember(FOLDER, on ? 'on' : OFF);

/** @param {boolean} on */
export function showDoubts(on) {
  showsDoubts.value = on;
  remember(NAMES.doubts, on ? 'on' : OFF);
}

/** @param {boolean} on */
export function useSingleKeys(on) {
  singleKeys.value = on;
  remember(NAMES.keys, on ? 'on' : OFF);
}
