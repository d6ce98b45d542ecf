/** What Python is given in the tools worker and in the extension worker. */
/** @import { BootStage, ErrorView } from '../generated/messages' */
import { PythonInbox } from './python-inbox.js';

/** See `WorkerRole` in python-worker.js. */
export class ToolRole {
  /**
   * @param {string} base
   * @param {(answer: { id: number, text: string }) => void} send
   */
  constructor(base, send) {
    const { folder, micropip } = __BUILD__.tools;
    const wheels = new URL(folder, base).href;
    this.inbox = new PythonInbox();
    this.send = send;
    /** @type {ErrorView | null} Why Python did not start. */
    this.error = null;
    /** @type {Set<number>} Requests without an answer. */
    this.open = new Set();
    this.platform = {
      indexURL: `${wheels}{package_name}.html`,
      /** @param {(id: number, text: string, files: Uint8Array[]) => void} py */
      open: (py) => this.inbox.connect(py),
      micropip: async () => {
        const response = await fetch(wheels + micropip);
        if (!response.ok) {
          throw new Error(`micropip: status ${response.status}`);
        }
        return new Uint8Array(await response.arrayBuffer());
      },
      answer: (/** @type {number} */ id, /** @type {string} */ text) => this.answer(id, text),
    };
  }

  /** @param {{ id: number, text: string, files: Uint8Array[] }} request */
  receive({ id, text, files }) {
    this.open.add(id);
    if (this.error) {
      this.answer(id, JSON.stringify({ error: this.error }));
    } else {
      this.inbox.push(id, text, files);
    }
  }

  /**
   * @param {BootStage} _stage
   * @param {ErrorView | null} error
   */
  stage(_stage, error) {
    this.error = error;
    if (error) {
      for (const id of this.open) {
        this.answer(id, JSON.stringify({ error }));
      }
    }
  }

  /**
   * @param {number} id
   * @param {string} text
   */
  answer(id, text) {
    this.open.delete(id);
    this.send({ id, text });
  }
}
