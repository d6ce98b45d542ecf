/** @import { ErrorView } from '../generated/messages' */
import { pageFailed } from './strings/errors.js';

/** A request that got an `ErrorView` instead of its reply. */
export class RequestError extends Error {
  /** @param {ErrorView} view */
  constructor(view) {
    super([view.message, view.hint].filter(Boolean).join(' '));
    this.name = view.type;
    this.view = view;
    this.hint = view.hint;
    this.detail = view.detail;
  }
}

/**
 * Whatever was thrown, in the one shape in which the page shows errors.
 * @param {unknown} thrown
 * @returns {ErrorView}
 */
export function viewOf(thrown) {
  if (thrown instanceof RequestError) return thrown.view;
  const detail = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return {
    type: 'PageError',
    ...pageFailed,
    detail,
  };
}
