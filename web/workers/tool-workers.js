/**
 * The workers that install packages: `tools` those of this page, `extension` those of the user. They
 * are workers of the library's worker and end with it. Python says when they start and end.
 */
import * as t from '../app/strings/platform-errors.js';
import { PlatformError, viewOf } from './errors.js';

/** @typedef {'tools' | 'extension'} Role */

/** What the extension worker must be handed, because it cannot fetch. */
const PYTHON_FILES = ['pyodide.asm.wasm', 'python_stdlib.zip', 'pyodide-lock.json', 'packages.zip'];

/**
 * @typedef {object} Started
 * @property {Worker | null} worker null while its files are fetched
 * @property {(answer: string) => void} settle the one request that it has
 */

export class ToolWorkers {
  /**
   * @param {string} base The page's base address.
   * @param {string} extensionURL The script of the extension worker.
   */
  constructor(base, extensionURL) {
    this.base = base;
    this.extensionURL = extensionURL;
    /** @type {Map<Role, Started>} */
    this.started = new Map();
    this.asked = 0;
  }

  /**
   * One request at a time; the caller waits for the answer.
   *
   * @param {Role} role
   * @param {string} text JSON of a request
   * @param {readonly Uint8Array[]} files
   * @returns {Promise<string>} JSON: {reply} or {error}. Never settles where the worker is ended.
   */
  async ask(role, text, files) {
    const id = ++this.asked;
    const started = this.started.get(role) ?? { worker: null, settle: () => {} };
    this.started.set(role, started);
    const worker = started.worker ?? (await this.start(role));
    return new Promise((resolve) => {
      // It was ended while its files were fetched.
      if (this.started.get(role) !== started) return worker.terminate();
      started.worker = worker;
      started.settle = resolve;
      worker.postMessage({ id, text, files });
    });
  }

  /** @param {Role} role */
  end(role) {
    this.started.get(role)?.worker?.terminate();
    this.started.delete(role);
  }

  /** @param {Role} role */
  async start(role) {
    const files = role === 'extension' ? await this.filesForExtensions() : undefined;
    const url = new URL(role === 'extension' ? this.extensionURL : location.href);
    if (role === 'tools') {
      url.searchParams.set('role', role);
    }
    const worker = new Worker(url, { type: 'module', name: `earwitness ${role}` });
    const settle = (/** @type {string} */ answer) => {
      const started = this.started.get(role);
      if (started?.worker === worker) {
        started.settle(answer);
      }
    };
    worker.onmessage = ({ data }) => settle(data.text);
    worker.onerror = (event) => {
      event.preventDefault();
      const reason = new Error(event.message || 'the worker could not be loaded');
      const error = viewOf(new PlatformError('EarwitnessError', t.toolNotStarted, reason));
      settle(JSON.stringify({ error }));
      if (this.started.get(role)?.worker === worker) {
        this.end(role);
      }
    };
    worker.postMessage({ boot: { base: this.base, timeOrigin: performance.timeOrigin }, files });
    return worker;
  }

  /**
   * Python and the packages of this page, by address; Python's memory where the browser keeps it.
   *
   * @returns {Promise<Record<string, Blob>>}
   */
  async filesForExtensions() {
    const { python, tools } = __BUILD__;
    const indexURL = new URL(python.indexURL, this.base).href;
    const wheels = new URL(tools.folder, this.base).href;
    const addresses = [
      ...PYTHON_FILES.map((name) => indexURL + name),
      ...tools.names.map((name) => wheels + name),
    ];
    const files = addresses.map(async (address) => {
      const response = await fetch(address);
      if (!response.ok) {
        throw new PlatformError('EarwitnessError', t.toolNotStarted, new Error(address));
      }
      return [address, await response.blob()];
    });
    const known = Object.fromEntries(await Promise.all(files));
    const imageURL = `${indexURL}memory-image.bin`;
    const image = await globalThis.caches?.match(imageURL).catch(() => undefined);
    return image ? { ...known, [imageURL]: await image.blob() } : known;
  }
}
