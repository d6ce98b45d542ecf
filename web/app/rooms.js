/** @import { ErrorView, Event, Reply, Request } from '../generated/messages' */
/** @import { HostCall } from '../generated/platform' */
import { newWorker } from './new-worker.js';

/**
 * @typedef {{ reply: Reply, error?: undefined } | { error: ErrorView, reply?: undefined }} Answer
 * @typedef {object} Host what the library worker may ask of the page
 * @property {(on: boolean) => void} wakeLock
 * @property {(on: boolean) => void} saving
 * @property {() => Promise<boolean>} persist
 */

/** The two Python workers, as only the leading tab runs them. */
export class Rooms {
  /** @type {Worker} */
  #library;
  /** @type {Worker | null} */
  #engine = null;
  #up = false;
  #host;
  #emit;

  /**
   * @param {Host} host
   * @param {(event: Event) => void} emit
   */
  constructor(host, emit) {
    this.#host = host;
    this.#emit = emit;
    this.#library = newWorker('library');
    this.#library.addEventListener('message', ({ data }) => this.#hear(data));
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
    this.#host.wakeLock(false);
    this.#host.saving(false);
  }

  /** @param {any} message */
  #hear(message) {
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
        return this.#host.wakeLock(Boolean(call.on));
      case 'saving':
        return this.#host.saving(Boolean(call.on));
      case 'persist':
        return this.#host
          .persist()
          .then((granted) => this.#library.postMessage({ host: 'persisted', granted }));
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
        message: 'A part of Earwitness could not be loaded.',
        hint: 'Check the connection, then try again.',
        detail: error.message || 'the worker script did not load',
      },
    });
  }
}
