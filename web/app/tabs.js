/** @import { Event, Request } from '../generated/messages' */
/** @import { Answer } from './python-workers.js' */

/**
 * What open tabs of one browser say to each other. One of them leads; the others send it their
 * requests. A new leader announces itself, and the others send again what got no answer.
 * @typedef {object} Listener
 * @property {(from: string, id: number, request: Request, blobs: Blob[]) => void} asked
 * @property {(id: number, answer: Answer) => void} answered
 * @property {(event: Event) => void} heard
 * @property {() => void} newLeader
 * @property {() => void} greeted a tab was opened
 */

const CHANNEL = 'earwitness';
const LOCK = 'earwitness-library';

export class Tabs {
  #me = crypto.randomUUID();
  #channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(CHANNEL) : null;

  /** @param {Listener} listener */
  constructor(listener) {
    this.#channel?.addEventListener('message', ({ data }) => {
      if (data.request) listener.asked(data.from, data.id, data.request, data.attachments);
      else if (data.to === this.#me) listener.answered(data.id, data.answer);
      else if (data.event) listener.heard(data.event);
      else if (data.leader) listener.newLeader();
      else if (data.hello) listener.greeted();
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

  /**
   * @param {number} id
   * @param {Request} request
   * @param {readonly Blob[]} attachments
   */
  ask(id, request, attachments) {
    this.#channel?.postMessage({ from: this.#me, id, request, attachments });
  }

  /**
   * @param {string} to
   * @param {number} id
   * @param {Answer} answer
   */
  answer(to, id, answer) {
    this.#channel?.postMessage({ to, id, answer });
  }

  /** @param {Event} event */
  tell(event) {
    this.#channel?.postMessage({ event });
  }

  announce() {
    this.#channel?.postMessage({ leader: true });
  }

  greet() {
    this.#channel?.postMessage({ hello: true });
  }
}
