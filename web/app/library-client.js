/**
 * The page's client of the library: requests with one reply each, and a stream of events. Python
 * runs in one tab at a time; in the others the same requests go through that tab.
 */
/** @import { BootChanged, Conversation, Event, Request, RequestType } from '../generated/messages' */
/** @import { Answer } from './python-workers.js' */
import { PythonWorkers } from './python-workers.js';
import { RequestError } from './request-error.js';
import { notStarted } from './strings/errors.js';
import { Tabs } from './tabs.js';

/**
 * @typedef {object} Waiting
 * @property {Request} request
 * @property {readonly Blob[]} attachments
 * @property {(reply: any) => void} resolve
 * @property {(error: RequestError) => void} reject
 */

export class LibraryClient {
  /** @type {Map<number, Waiting>} */
  #waiting = new Map();
  #nextId = 1;
  /** @type {'undecided' | 'leader' | 'follower'} */
  #role = 'undecided';
  /** @type {PythonWorkers | null} */
  #workers = null;
  /** Requests of other tabs; a takeover may make a tab send a request twice. */
  #received = new Set();
  /** @type {BootChanged} */
  #boot = { type: 'boot-changed', stage: 'starting', error: null };
  #tabs;
  /** @type {(event: Event) => void} */
  #onEvent = () => {};

  constructor() {
    this.#tabs = new Tabs({
      onRequest: (from, id, request, blobs) => {
        if (!this.#workers || this.#received.has(`${from} ${id}`)) return;
        this.#received.add(`${from} ${id}`);
        this.#workers.send(request, blobs, (answer) => this.#tabs.send({ to: from, id, answer }));
      },
      onAnswer: (id, answer) => this.#settle(id, answer),
      onEvent: (event) => this.#receive(event),
      onLeaderChange: () => this.#sendWaiting(),
      onHello: () => this.#role === 'leader' && this.#tabs.send({ event: this.#boot }),
    });
  }

  /**
   * Start Python here, or find the tab where it runs.
   * @param {(event: Event) => void} onEvent called for each event of the library
   */
  start(onEvent) {
    this.#onEvent = onEvent;
    this.#tabs.elect(
      () => {
        this.#role = 'follower';
        this.#tabs.send({ hello: true });
        this.#sendWaiting();
      },
      () => {
        this.#role = 'leader';
        this.#startWorkers();
      },
    );
  }

  /** Whether the workers run in this tab. */
  get leading() {
    return this.#role === 'leader';
  }

  /**
   * Send a request to the library, with files where it takes some.
   * @template {RequestType} T
   * @param {{ type: T } & Conversation[T]['request']} message
   * @param {readonly Blob[]} [attachments]
   * @returns {Promise<Conversation[T]['reply']>} rejects with a `RequestError`
   */
  request(message, attachments = []) {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      const request = /** @type {Request} */ (message);
      this.#waiting.set(id, { request, attachments, resolve, reject });
      if (this.#boot.stage === 'failed') this.#giveUp();
      else this.#send(id);
    });
  }

  /** After a failed boot: new workers; what waits is sent again. */
  retry() {
    if (this.#role !== 'leader') return location.reload();
    this.#workers?.stop();
    this.#startWorkers();
  }

  #startWorkers() {
    this.#emit({ type: 'boot-changed', stage: 'starting', error: null });
    this.#received.clear();
    this.#workers = new PythonWorkers((event) => this.#emit(event));
    this.#sendWaiting();
    this.#tabs.send({ leader: true });
  }

  /** @param {Event} event */
  #emit(event) {
    this.#tabs.send({ event });
    this.#receive(event);
  }

  /** @param {Event} event */
  #receive(event) {
    if (event.type === 'boot-changed') {
      this.#boot = event;
      if (event.stage === 'failed') this.#giveUp();
    }
    this.#onEvent(event);
  }

  #sendWaiting() {
    for (const id of this.#waiting.keys()) this.#send(id);
  }

  /** @param {number} id */
  #send(id) {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    const { request, attachments } = waiting;
    if (this.#workers) {
      this.#workers.send(request, attachments, (answer) => this.#settle(id, answer));
    } else if (this.#role === 'follower') {
      this.#tabs.send({ from: this.#tabs.id, id, request, attachments });
    }
  }

  /**
   * A file refused because Python did not come up waits for the retry.
   * @param {number} id
   * @param {Answer} answer
   */
  #settle(id, answer) {
    const waiting = this.#waiting.get(id);
    if (answer.error && this.#boot.stage !== 'ready' && waiting?.attachments.length) return;
    this.#waiting.delete(id);
    if (answer.error) waiting?.reject(new RequestError(answer.error));
    else waiting?.resolve(answer.reply);
  }

  /** Nobody will answer before a retry: tell all but the files. */
  #giveUp() {
    const error = this.#boot.error ?? { type: 'BootError', ...notStarted, detail: '' };
    for (const id of this.#waiting.keys()) this.#settle(id, { error });
  }
}

/** The page's one client. */
export const library = new LibraryClient();
