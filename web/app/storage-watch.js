import { size } from './format.js';
import { state } from './state.js';
import { note } from './toast-list.js';

/** Told while there is still room to act, as a part of what the browser offers. */
const NEARLY_FULL = 0.9;

/** Says once that the space for recordings runs out. */
export function startStorageWatch() {
  const check = () => {
    const { storage_used_bytes: used = 0, storage_quota_bytes: quota = 0 } = state.status ?? {};
    if (!quota || used < quota * NEARLY_FULL) return;
    state.removeEventListener('status', check);
    note(`Storage is nearly full: ${size(used)} of ${size(quota)}.`, {
      hint: 'Delete recordings you no longer need, then empty the bin in the settings.',
      stays: true,
    });
  };
  state.addEventListener('status', check);
}
