/** The platform's errors as plain data. */
/** @import { ErrorView, PlatformErrorKind } from '../generated/messages' */
import * as t from '../app/strings/platform-errors.js';

/** An error that already says what happened and what to do next. */
export class PlatformError extends Error {
  /**
   * @param {PlatformErrorKind} type
   * @param {{ message: string, hint: string }} words what happened and what to do next
   * @param {unknown} [cause]
   */
  constructor(type, { message, hint }, cause) {
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
    ...t.workerFailed,
    detail: describe(error),
  };
}

/**
 * Run work on the device's storage.
 *
 * @template T
 * @param {t.Stored} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 * @throws {PlatformError} The failure, as `storageError` describes it.
 */
export async function storing(what, work) {
  try {
    return await work();
  } catch (error) {
    throw storageError(error, what);
  }
}

/**
 * What a failed write to the device's storage means.
 *
 * @param {unknown} error
 * @param {t.Stored} what
 * @returns {PlatformError}
 */
export function storageError(error, what) {
  if (error instanceof PlatformError) {
    return error;
  }
  const name = error instanceof DOMException || error instanceof Error ? error.name : '';
  if (name === 'QuotaExceededError') {
    return new PlatformError('StorageError', t.doesNotFit(what), error);
  }
  if (name === 'SecurityError' || name === 'InvalidStateError' || name === 'UnknownError') {
    return new PlatformError('StorageError', t.storageRefused(what), error);
  }
  return new PlatformError('StorageError', t.notWritten(what), error);
}
