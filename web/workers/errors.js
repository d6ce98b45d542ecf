/** The platform's errors as plain data. */
/** @import { ErrorView, PlatformErrorKind } from '../generated/messages' */

const HINT_FULL = 'Delete recordings you no longer need, or free space on this device, and retry.';

/** An error that already says what happened and what to do next. */
export class PlatformError extends Error {
  /**
   * @param {PlatformErrorKind} type
   * @param {string} message
   * @param {string} hint
   * @param {unknown} [cause]
   */
  constructor(type, message, hint, cause) {
    super(message, { cause });
    this.name = type;
    /** Read by Python, which raises its own class of this name. */
    this.kind = type;
    this.hint = hint;
    this.detail = cause === undefined ? '' : describe(cause);
  }
}

/**
 * Any thrown value as one line for a bug report.
 *
 * @param {unknown} error
 * @returns {string}
 */
export function describe(error) {
  if (error instanceof Error || error instanceof DOMException) {
    return `${error.name}: ${error.message}`;
  }
  return String(error);
}

/**
 * Any thrown value as plain data.
 *
 * @param {unknown} error
 * @returns {ErrorView}
 */
export function viewOf(error) {
  if (error instanceof PlatformError) {
    return { type: error.kind, message: error.message, hint: error.hint, detail: error.detail };
  }
  return {
    type: 'EarwitnessError',
    message: 'Something went wrong inside the page.',
    hint: 'Reload the page; if it happens again, report it with the detail.',
    detail: describe(error),
  };
}

/**
 * What a failed write to the device's storage means.
 *
 * @param {unknown} error
 * @param {string} what Subject of the sentence, such as `The recording`.
 * @returns {PlatformError}
 */
export function storageError(error, what) {
  if (error instanceof PlatformError) {
    return error;
  }
  const name = error instanceof DOMException || error instanceof Error ? error.name : '';
  if (name === 'QuotaExceededError') {
    return new PlatformError(
      'StorageError',
      `${what} does not fit in this browser's storage.`,
      HINT_FULL,
      error,
    );
  }
  if (name === 'SecurityError' || name === 'InvalidStateError' || name === 'UnknownError') {
    return new PlatformError(
      'StorageError',
      `${what} cannot be kept: this browser refuses its storage to the page.`,
      'Leave private browsing, allow site data for this page, and reload.',
      error,
    );
  }
  return new PlatformError(
    'StorageError',
    `${what} could not be written to this device.`,
    'Retry; if it fails again, reload the page.',
    error,
  );
}
