/** Short notes at the edge of the page. */
/** @import { ErrorView } from '../generated/messages' */
import { viewOf } from './request-error.js';
import { state } from './state.js';

/**
 * @typedef {object} Toast
 * @property {number} id
 * @property {string} text
 * @property {string} hint
 * @property {'note' | 'error'} kind
 * @property {{ label: string, run: () => void } | null} action
 */

const NOTE_MS = 6000;
const ACTION_MS = 12000;
let nextId = 1;

/**
 * @param {string} text
 * @param {{ hint?: string, action?: Toast['action'], stays?: boolean }} [options]
 * @returns {number}
 */
export function note(text, { hint = '', action = null, stays = false } = {}) {
  const toast = add({ text, hint, kind: 'note', action });
  if (!stays) setTimeout(dismiss, action ? ACTION_MS : NOTE_MS, toast);
  return toast;
}

/**
 * Errors stay until they are dismissed.
 * @param {unknown} thrown
 */
export function tellError(thrown) {
  /** @type {ErrorView} */
  const view = viewOf(thrown);
  if (view.type === 'PageError') console.error(thrown);
  add({ text: view.message, hint: view.hint, kind: 'error', action: null });
}

/** @param {number} id */
export function dismiss(id) {
  state.toasts = state.toasts.filter((toast) => toast.id !== id);
  state.changed('toasts');
}

/** @param {Omit<Toast, 'id'>} toast */
function add(toast) {
  const id = nextId++;
  state.toasts = [...state.toasts.filter(({ text }) => text !== toast.text), { id, ...toast }];
  state.changed('toasts');
  return id;
}
