/** What the library's Python is given, and the ports between it, the page and the engine. */
/** @import { EngineBootFailed, EngineEvent } from '../generated/engine-messages' */
/** @import { BootStage, ErrorView } from '../generated/messages' */
/** @import { HostFacts, HostNotice } from '../generated/platform' */

import * as backups from './backup-files.js';
import { FetchBridge } from './fetch-bridge.js';
import { ModelFiles } from './model-files.js';
import * as audioStore from './opfs-audio.js';
import { PythonInbox } from './python-inbox.js';
import { Store } from './store.js';
import { ToolWorkers } from './tool-workers.js';

/** @typedef {import('./engine-worker.js').EngineAlive} EngineAlive */

/** See `WorkerRole` in python-worker.js. */
export class LibraryWorker {
  /**
   * @param {string} base
   * @param {Record<string, number>} marks
   * @param {string} extensionURL The script of the extension worker.
   */
  constructor(base, marks, extensionURL) {
    this.inbox = new PythonInbox();
    this.models = new ModelFiles(new URL(__BUILD__.modelsURL, base));
    this.marks = marks;
    /** @type {Map<number, MessagePort>} Where replies go. */
    this.replies = new Map();
    this.requests = 0;
    /** @type {MessagePort | null} */
    this.engine = null;
    this.watching = new AbortController();
    addEventListener('online', () => this.notify(0, 'online'));
    this.platform = {
      store: new Store(),
      audio: audioStore,
      backups,
      models: this.models,
      http: new FetchBridge(),
      tools: new ToolWorkers(base, extensionURL),
      version: __BUILD__.version,
      /** @param {(kind: string, id: number, text: string, attachments: unknown[]) => void} py */
      open: (py) => this.inbox.connect(py),
      reply: (/** @type {number} */ id, /** @type {string} */ text) => this.reply(id, text),
      emit: (/** @type {string} */ text) => postMessage({ event: JSON.parse(text) }),
      host: (/** @type {string} */ text) => postMessage(JSON.parse(text)),
      tellEngine: (/** @type {string} */ text) => this.engine?.postMessage(JSON.parse(text)),
      dropEngine: () => this.dropEngine(),
      facts: () => this.facts(),
    };
  }

  /**
   * @param {any} data
   * @param {readonly MessagePort[]} ports
   */
  receive(data, ports) {
    if (data.request) {
      const id = ++this.requests;
      this.replies.set(id, ports[0]);
      this.inbox.push('request', id, JSON.stringify(data.request), data.attachments ?? []);
    } else if (data.host === 'engine-port') {
      this.connectEngine(data.id, ports[0]);
    } else if (data.host) {
      const { host, ...more } = data;
      this.notify(0, host, more);
    }
  }

  /**
   * @param {number} id
   * @param {HostNotice} host
   * @param {object} [more]
   */
  notify(id, host, more = {}) {
    this.inbox.push('host', id, JSON.stringify({ host, ...more }), []);
  }

  /**
   * @param {BootStage} stage
   * @param {ErrorView | null} error
   */
  stage(stage, error) {
    postMessage({ event: { type: 'boot-changed', stage, error } });
    if (error) {
      for (const id of this.replies.keys()) {
        this.reply(id, JSON.stringify({ error }));
      }
      // Later requests must not wait for a Python that will never come.
      this.inbox.connect(
        (kind, id) => kind === 'request' && this.reply(id, JSON.stringify({ error })),
      );
    }
  }

  /**
   * @param {number} id
   * @param {string} text JSON: {reply} or {error}
   */
  reply(id, text) {
    const port = this.replies.get(id);
    this.replies.delete(id);
    port?.postMessage(JSON.parse(text));
    port?.close();
  }

  /**
   * @param {number} id
   * @param {MessagePort} port
   */
  connectEngine(id, port) {
    this.dropEngine();
    this.engine = port;
    /** @param {MessageEvent<EngineEvent | EngineBootFailed | EngineAlive>} event */
    port.onmessage = ({ data }) => {
      if (this.engine !== port) {
        return;
      }
      if (data.type === 'engine-alive') {
        this.watch(id, data.lock);
      } else {
        this.inbox.push('engine', id, JSON.stringify(data), []);
      }
    };
    this.notify(id, 'engine-port', { id });
  }

  dropEngine() {
    this.engine?.close();
    this.engine = null;
    this.watching.abort();
  }

  /**
   * A worker that crashes or is ended by the browser tells nobody, but its lock becomes free.
   *
   * @param {number} id
   * @param {string} lock
   */
  watch(id, lock) {
    this.watching = new AbortController();
    navigator.locks
      .request(lock, { signal: this.watching.signal }, () => {
        this.notify(0, 'engine-lost', { id, detail: 'its worker ended' });
      })
      .catch(() => undefined); // Aborted: this engine is not wanted any more.
  }

  /** @returns {Promise<string>} JSON of `HostFacts`. */
  async facts() {
    const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
    /** @type {{saveData?: boolean, type?: string} | undefined} */
    const connection = Reflect.get(navigator, 'connection');
    /** @type {HostFacts} */
    const facts = {
      isolated: globalThis.crossOriginIsolated === true,
      persisted: (await navigator.storage?.persisted?.()) ?? false,
      storage_used_bytes: usage,
      storage_quota_bytes: quota,
      metered: connection?.saveData === true || connection?.type === 'cellular',
      marks_ms: this.marks,
      version: __BUILD__.version,
    };
    return JSON.stringify(facts);
  }
}
