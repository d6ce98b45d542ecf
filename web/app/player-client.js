/** The worker that prepares recordings for the player. */
/** @import { PlayerEvent, PlayerNews, PlayerRequest } from '../workers/player-worker.js' */

/** One recording at a time; what comes of an earlier one is dropped. */
export class PlayerClient {
  /** @type {Worker | null} */
  #worker = null;
  #run = 0;
  /** @type {(news: PlayerNews) => void} */
  #listen = () => {};

  /**
   * @param {{ id: string, path: string, track: number, container: string, lengthS: number }} recording
   * @param {(news: PlayerNews) => void} listen
   */
  open(recording, listen) {
    this.#worker ??= this.#start();
    this.#listen = listen;
    const base = new URL('.', document.baseURI).href;
    this.#send({ type: 'open', run: ++this.#run, base, ...recording });
  }

  /** Play from there as soon as possible. @param {number} timeS */
  want(timeS) {
    this.#send({ type: 'want', run: this.#run, timeS });
  }

  /** Prepare a copy also where the rule finds the browser's own player exact. */
  copy() {
    this.#send({ type: 'copy', run: this.#run });
  }

  /** Stop, and free the memory. */
  close() {
    this.#run++;
    this.#worker?.postMessage({ type: 'close' });
  }

  /** @param {PlayerRequest} request */
  #send(request) {
    this.#worker?.postMessage(request);
  }

  #start() {
    const url = new URL(__BUILD__.playerWorkerURL, document.baseURI);
    const worker = new Worker(url, { type: 'module', name: 'earwitness player' });
    worker.onmessage = (/** @type {MessageEvent<PlayerEvent>} */ { data }) => {
      if (data.run === this.#run) this.#listen(data);
    };
    return worker;
  }
}
