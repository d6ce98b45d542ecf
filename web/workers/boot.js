/**
 * Pyodide's start: our standard library and wheels as byte code, and a watch over it.
 *
 * A corrupt WebAssembly file never settles `loadPyodide`, so when the start fails or takes long,
 * every file is checked for size and SHA-256 against the build's list. Not covered: a browser that
 * has the right bytes and still cannot run them, which ends in the last time-out; and damage that
 * makes Python run in circles, because then nothing else runs in this worker either.
 */

import { PlatformError } from './errors.js';

const PROBE_AFTER_MS = 15_000;
const GIVE_UP_AFTER_MS = 300_000;

/**
 * @typedef {import('pyodide').PyodideAPI} Pyodide
 * @typedef {(name: string) => void} Mark Records a User Timing mark.
 */

/**
 * @param {BuildInfo['python']} python
 * @param {string} base The page's base address.
 * @param {string} name Dotted name of the function wanted.
 * @param {Mark} mark
 * @returns {Promise<import('pyodide/ffi').PyCallable>} That function, Python up and running.
 */
export async function bootPython(python, base, name, mark) {
  const watch = new Watch(python, base);
  try {
    const pyodide = await Promise.race([load(python, base, mark), watch.failed]);
    // A wheel that did not load is only missed here.
    const found = pyodide.pyimport(name);
    mark('imported');
    return found;
  } catch (error) {
    throw (
      (await watch.brokenFile()) ?? (error instanceof PlatformError ? error : notStarted(error))
    );
  } finally {
    watch.stop();
  }
}

/**
 * @param {BuildInfo['python']} python
 * @param {string} base
 * @param {Mark} mark
 * @returns {Promise<Pyodide>}
 */
async function load(python, base, mark) {
  const address = (/** @type {string} */ path) => new URL(path, base).href;
  const indexURL = address(python.indexURL);
  /** @type {typeof import('pyodide')} */
  const { loadPyodide } = await import(/* @vite-ignore */ `${indexURL}pyodide.mjs`);
  mark('pyodide-script');
  const pyodide = await loadPyodide({
    indexURL,
    stdLibURL: address(python.stdlibURL),
    lockFileURL: address(python.lockURL),
    packages: python.packages,
    checkAPIVersion: true,
    stdout: () => {},
    stderr: (text) => console.warn(text),
    env: { HOME: '/home/pyodide', PYTHONDONTWRITEBYTECODE: '1' },
  });
  mark('python');
  return pyodide;
}

/** Rejects when a start that does not settle turns out to have a broken file, or takes too long. */
class Watch {
  /**
   * @param {BuildInfo['python']} python
   * @param {string} base
   */
  constructor(python, base) {
    this.python = python;
    this.base = base;
    this.started = performance.now();
    this.stopped = false;
    /** @type {(error: unknown) => void} */
    this.reject = () => {};
    /** @type {Promise<never>} */
    this.failed = new Promise((_resolve, reject) => {
      this.reject = reject;
    });
    this.failed.catch(() => undefined);
    this.timer = setTimeout(() => this.probe(), PROBE_AFTER_MS);
    this.onRejection = () => this.probe();
    globalThis.addEventListener('unhandledrejection', this.onRejection);
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    globalThis.removeEventListener('unhandledrejection', this.onRejection);
  }

  async probe() {
    const broken = await this.brokenFile();
    if (this.stopped) {
      return;
    }
    if (broken) {
      this.reject(broken);
    } else if (performance.now() - this.started > GIVE_UP_AFTER_MS) {
      this.reject(notStarted(new Error(`no answer after ${GIVE_UP_AFTER_MS / 1000} s`)));
    } else {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.probe(), PROBE_AFTER_MS);
    }
  }

  /** @returns {Promise<PlatformError | null>} */
  async brokenFile() {
    for (const [name, expected] of Object.entries(this.python.files)) {
      const reason = await this.check(name, expected);
      if (reason) {
        return new PlatformError(
          'EarwitnessError',
          'A part of Earwitness is missing or damaged, so it cannot start.',
          'Reload the page; if that does not help, clear this site’s data or tell whoever runs it.',
          new Error(`${name}: ${reason}`),
        );
      }
    }
    return null;
  }

  /**
   * @param {string} name
   * @param {{bytes: number, sha256: string}} expected
   * @returns {Promise<string>} What is wrong, empty when nothing is.
   */
  async check(name, expected) {
    /** @type {ArrayBuffer} */
    let bytes;
    try {
      const response = await fetch(new URL(this.python.indexURL + name, this.base));
      if (!response.ok) {
        return `status ${response.status}`;
      }
      bytes = await response.arrayBuffer();
    } catch (error) {
      return String(error);
    }
    if (bytes.byteLength !== expected.bytes) {
      return `${bytes.byteLength} bytes instead of ${expected.bytes}`;
    }
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return hex === expected.sha256 ? '' : 'its content is not what was built';
  }
}

/** @param {unknown} error */
function notStarted(error) {
  return new PlatformError(
    'EarwitnessError',
    'Python did not start in this browser.',
    'Reload the page; close other tabs if memory is short, or use a current browser.',
    error,
  );
}
