/**
 * The workers that install packages: `tools` those of this page, `extension` those of the user. They
 * are workers of the library's worker and end with it. Python says when they start and end.
 */
import * as t from '../app/strings/platform-errors.js';
import { PlatformError, viewOf } from './errors.js';

/** @typedef {'tools' | 'extension'} Role */

/** What the extension worker must be handed, because it cannot fetch. */
const PYTHON_FILES = ['pyodide.asm.wasm', 'python_stdlib.zip', 'pyodide-lock.json', 'packages.zip'];

export class ToolWorkers {
  /**
   * @param {string} base The page's base address.
   * @param {string} extensionURL The script of the extension worker.
   */
  constructor(base, extensionURL) {
    this.base = base;
    this.extensionURL = extensionURL;
    /** @type {Map<Role, Worker>} */
    this.workers = new Map();
    /** @type {Map<number, (answer: string) => void>} */
    this.waiting = new Map();
    this.asked = 0;
  }

  /**
   * @param {Role} role
   * @param {string} text JSON of a request
   * @param {readonly Uint8Array[]} files
   * @returns {Promise<string>} JSON: {reply} or {error}. Never settles where the worker is ended.
   */
  async ask(role, text, files) {
    const worker = this.workers.get(role) ?? (await this.start(role));
    const id = ++this.asked;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      worker.postMessage({ id, text, files });
    });
  }

  /** @param {Role} role */
  end(role) {
    this.workers.get(role)?.terminate();
    this.workers.delete(role);
  }

  /** @param {Role} role */
  async start(role) {
    const files = role === 'extension' ? await this.filesForExtensions() : undefined;
    const url = new URL(role === 'extension' ? this.extensionURL : location.href);
    if (role === 'tools') {
      url.searchParams.set('role', role);
    }
    const worker = new Worker(url, { type: 'module', name: `earwitness ${role}` });
    this.workers.set(role, worker);
    worker.onmessage = ({ data }) => {
      this.waiting.get(data.id)?.(data.text);
      this.waiting.delete(data.id);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.fail(role, new Error(event.message || 'the worker could not be loaded'));
    };
    worker.postMessage({ boot: { base: this.base, timeOrigin: performance.timeOrigin }, files });
    return worker;
  }

  /**
   * Both workers have one request at a time, so every waiting one is of the worker that failed.
   *
   * @param {Role} role
   * @param {Error} reason
   */
  fail(role, reason) {
    this.end(role);
    const error = viewOf(new PlatformError('EarwitnessError', t.toolNotStarted, reason));
    for (const settle of this.waiting.values()) {
      settle(JSON.stringify({ error }));
    }
    this.waiting.clear();
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
