/** Short notes at the edge of the page. */
/** @import { Toast } from './store.js' */
import { viewOf } from './request-error.js';
import { update } from './store.js';

const NOTE_MS = 6000;
const ACTION_MS = 12000;
let nextId = 1;

/**
 * Show a note; it replaces one of the same text, and one without an action that passes.
 * @param {string} text
 * @param {Partial<Pick<Toast, 'hint' | 'action' | 'dismissed'>> & { stays?: boolean }} [options]
 *   `stays`: until it is dismissed
 * @returns {number} its id
 */
export function note(text, { hint = '', action = null, stays = false, dismissed } = {}) {
  const own = { text, hint, action, brief: !stays };
  const id = show({ ...own, kind: 'note', ...(dismissed && { dismissed }) });
  if (!stays) setTimeout(dismiss, action ? ACTION_MS : NOTE_MS, id);
  return id;
}

/**
 * Show an error until it is dismissed.
 * @param {unknown} thrown
 */
export function tellError(thrown) {
  const view = viewOf(thrown);
  if (view.type === 'PageError') console.error(thrown);
  show({ text: view.message, hint: view.hint, kind: 'error', action: null, brief: false });
}

/** Remove a note. @param {number} id */
export function dismiss(id) {
  update(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}

/** @param {Omit<Toast, 'id'>} toast */
function show(toast) {
  const id = nextId++;
  update(({ toasts }) => ({
    toasts: [...toasts.filter((each) => !isReplaced(each, toast)), { id, ...toast }],
  }));
  return id;
}

/**
 * A note that only tells something makes room for the next one that passes. One with an action
 * stays its time: it may be the only way back to what was typed.
 * @param {Toast} old
 * @param {Omit<Toast, 'id'>} toast the new one
 */
const isReplaced = (old, toast) =>
  (!old.dismissed && old.text === toast.text) || (old.brief && toast.brief && !old.action);
