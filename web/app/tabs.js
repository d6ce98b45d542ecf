/** @import { Event, Request } from '../generated/messages' */
/** @import { Answer } from './python-workers.js' */

/**
 * What open tabs of one browser say to each other. One of them leads; the others send it their
 * requests. A new leader announces itself, and the others send again what got no answer.
 * @typedef {{ from: string, id: number, request: Request, attachments: readonly Blob[] }
 *   | { to: string, id: number, answer: Answer } | { event: Event } | { leader: true }
 *   | { hello: true }} TabMessage
 *
 * @typedef {object} Listener
 * @property {(from: string, id: number, request: Request, blobs: Blob[]) => void} onRequest
 * @property {(id: number, answer: Answer) => void} onAnswer
 * @property {(event: Event) => void} onEvent
 * @property {() => void} onLeaderChange
 * @property {() => void} onHello a tab was opened
 */

const CHANNEL = 'earwitness';
const LOCK = 'earwitness-library';

export class Tabs {
  /** Stands in this tab's requests as `from`, and in their answers as `to`. */
  id = crypto.randomUUID();
  #channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(CHANNEL) : null;

  /** @param {Listener} listener */
  constructor(listener) {
    this.#channel?.addEventListener('message', ({ data }) => {
      if (data.request) listener.onRequest(data.from, data.id, data.request, data.attachments);
      else if (data.to === this.id) listener.onAnswer(data.id, data.answer);
      else if (data.event) listener.onEvent(data.event);
      else if (data.leader) listener.onLeaderChange();
      else if (data.hello) listener.onHello();
    });
  }

  /**
   * Wait for the lead; it is kept until the tab closes.
   * @param {() => void} follow called when another tab leads for now
   * @param {() => void} lead
   */
  async elect(follow, lead) {
    if (!(this.#channel && 'locks' in navigator)) return lead();
    const forever = () => {
      lead();
      return new Promise(() => {});
    };
    await navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
      if (lock) return forever();
      follow();
    });
    await navigator.locks.request(LOCK, forever);
  }

  /** Send to every other tab. @param {TabMessage} message */
  send(message) {
    this.#channel?.postMessage(message);
  }
}
