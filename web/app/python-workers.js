/** @import { ErrorView, Event, Reply, Request } from '../generated/messages' */
/** @import { HostCall } from '../generated/platform' */
import { persist, wakeLock } from './platform.js';
import { workerNotLoaded } from './strings/errors.js';

/**
 * @typedef {{ reply: Reply, error?: undefined } | { error: ErrorView, reply?: undefined }} Answer
 */

/** The two Python workers, as only the leading tab runs them. */
export class PythonWorkers {
  /** @type {Worker} */
  #library;
  /** @type {Worker | null} */
  #engine = null;
  #up = false;
  #emit;

  /** @param {(event: Event) => void} emit */
  constructor(emit) {
    this.#emit = emit;
    this.#library = newWorker('library');
    this.#library.addEventListener('message', ({ data }) => this.#receive(data));
    this.#library.addEventListener('error', (error) => this.#libraryBroke(error));
  }

  /**
   * @param {Request} request
   * @param {readonly Blob[]} attachments
   * @param {(answer: Answer) => void} answer called once
   */
  send(request, attachments, answer) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => {
      port1.close();
      answer(data);
    };
    this.#library.postMessage({ request, attachments }, [port2]);
  }

  /** End both workers; whatever was not answered never will be. */
  stop() {
    this.#stopEngine();
    this.#library.terminate();
    wakeLock(false);
  }

  /** @param {any} message */
  #receive(message) {
    this.#up = true;
    if (message.event) this.#emit(message.event);
    else if (message.host) this.#serve(message);
  }

  /** @param {{ host: HostCall, id?: string, on?: boolean }} call */
  #serve(call) {
    switch (call.host) {
      case 'start-engine':
        return this.#startEngine(call.id);
      case 'stop-engine':
        return this.#stopEngine();
      case 'wake-lock':
        return wakeLock(Boolean(call.on));
      case 'persist':
        return persist().then((granted) =>
          this.#library.postMessage({ host: 'persisted', granted }),
        );
    }
  }

  /** @param {string | undefined} id */
  #startEngine(id) {
    this.#stopEngine();
    const engine = newWorker('engine');
    this.#engine = engine;
    engine.addEventListener('error', (error) => {
      error.preventDefault();
      if (this.#engine !== engine) return;
      this.#stopEngine();
      const detail = error.message || 'The engine worker could not be loaded.';
      this.#library.postMessage({ host: 'engine-lost', id, detail });
    });
    const { port1, port2 } = new MessageChannel();
    engine.postMessage({ host: 'engine-port', id }, [port1]);
    this.#library.postMessage({ host: 'engine-port', id }, [port2]);
  }

  #stopEngine() {
    this.#engine?.terminate();
    this.#engine = null;
  }

  /** @param {ErrorEvent} error */
  #libraryBroke(error) {
    if (this.#up) return;
    error.preventDefault();
    this.#emit({
      type: 'boot-changed',
      stage: 'failed',
      error: {
        type: 'BootError',
        ...workerNotLoaded,
        detail: error.message || 'the worker script did not load',
      },
    });
  }
}

/** @param {string} path */
const absolute = (path) => new URL(path, document.baseURI).href;

/**
 * Start a Python worker. Its first message holds the page's base address and clock.
 * @param {'library' | 'engine'} role
 * @returns {Worker}
 */
function newWorker(role) {
  const url = new URL(absolute(__BUILD__.workerURL));
  url.searchParams.set('role', role);
  const worker = new Worker(url, { type: 'module', name: `earwitness ${role}` });
  const extensionURL = absolute(__BUILD__.extensionWorkerURL);
  const { timeOrigin } = performance;
  worker.postMessage({ boot: { base: absolute('.'), timeOrigin, extensionURL } });
  return worker;
}
