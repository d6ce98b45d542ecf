/**
 * Pyodide's start, from byte code or from the memory of an earlier start, and a watch over it.
 *
 * A corrupt WebAssembly file never settles `loadPyodide`, so when the start fails or takes long,
 * every file is checked for size and SHA-256 against the build's list. Not covered: a browser that
 * has the right bytes and still cannot run them, which ends in the last time-out; and damage that
 * makes Python run in circles, because then nothing else runs in this worker either.
 */

import * as t from '../app/strings/platform-errors.js';
import { PlatformError } from './errors.js';
import { unpack } from './memory-image.js';
import { startOptions } from './python-start.js';

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
 * @param {Blob} [image] Python's memory, where it cannot be looked for.
 * @returns {Promise<import('pyodide/ffi').PyCallable>} That function, Python up and running.
 */
export async function bootPython(python, base, name, mark, image) {
  const watch = new Watch(python, base);
  try {
    const pyodide = await Promise.race([load(python, base, mark, image), watch.failed]);
    // A package that did not load is only missed here.
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
 * @param {Blob} [given]
 * @returns {Promise<Pyodide>}
 */
async function load(python, base, mark, given) {
  const indexURL = new URL(python.indexURL, base).href;
  const options = {
    ...startOptions(packagesOf(python, indexURL)),
    indexURL,
    stderr: (/** @type {string} */ text) => console.warn(text),
  };
  const imageURL = `${indexURL}memory-image.bin`;
  // Of a later visit only: at the first its 5 MB would be in Python's way.
  const image = given ?? (await globalThis.caches?.match(imageURL).catch(() => undefined));
  // Pyodide would ask for its larger script only once its smaller one runs.
  import(/* @vite-ignore */ `${indexURL}pyodide.asm.mjs`).catch(() => undefined);
  /** @type {typeof import('pyodide')} */
  const { loadPyodide } = await import(/* @vite-ignore */ `${indexURL}pyodide.mjs`);
  mark('pyodide-script');
  const pyodide = image
    ? await loadPyodide({ ...options, _loadSnapshot: image.arrayBuffer().then(unpack) })
        .then((restored) => freshened(restored, python, mark))
        .catch(async (error) => {
          console.warn('Python starts without its memory image:', error);
          if (!given) {
            await forget(imageURL);
          }
          return loadPyodide(options);
        })
    : await loadPyodide(options);
  mark('python');
  return pyodide;
}

/**
 * Take a file out of the cache, so that it is fetched again.
 *
 * @param {string} address
 */
async function forget(address) {
  for (const name of await caches.keys()) {
    await (await caches.open(name)).delete(address);
  }
}

/**
 * Our zip, refused when it is not what was built: most of its modules are only read when needed.
 *
 * @param {BuildInfo['python']} python
 * @param {string} indexURL
 */
async function packagesOf({ files }, indexURL) {
  const name = 'packages.zip';
  const integrity = files[name]?.integrity ?? '';
  return new Uint8Array(await (await fetch(indexURL + name, { integrity })).arrayBuffer());
}

/**
 * What a restored Python must not have from the one that was kept.
 *
 * @param {Pyodide} pyodide
 * @param {BuildInfo['python']} python
 * @param {Mark} mark
 * @returns {Pyodide}
 * @throws {Error} Its library is not whole, which it would only notice when it needs it.
 */
function freshened(pyodide, { files }, mark) {
  const { FS } = pyodide;
  const name = FS.readdir('/lib').find((/** @type {string} */ each) =>
    /^python\d+\.zip$/.test(each),
  );
  const bytes = name ? FS.stat(`/lib/${name}`).size : 0;
  if (bytes !== files['python_stdlib.zip'].bytes) {
    throw new Error(`python_stdlib.zip has ${bytes} bytes`);
  }
  pyodide.runPython('import random; random.seed()');
  mark('memory-image');
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
        return new PlatformError('EarwitnessError', t.partDamaged, new Error(`${name}: ${reason}`));
      }
    }
    return null;
  }

  /**
   * @param {string} name
   * @param {{bytes: number, integrity: string}} expected
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
    const integrity = `sha256-${btoa(String.fromCharCode(...digest))}`;
    return integrity === expected.integrity ? '' : 'its content is not what was built';
  }
}

/** @param {unknown} error */
function notStarted(error) {
  return new PlatformError('EarwitnessError', t.pythonNotStarted, error);
}
