/** What the engine's Python is given, and its message port to the library. */
/** @import { EngineBootFailed, EngineEvent } from '../generated/engine-messages' */
/** @import { BootStage, ErrorView } from '../generated/messages' */

import { openAudio } from './audio-source.js';
import { BlobBytes } from './file-bytes.js';
import * as inference from './inference.js';
import { loadDecoders } from './media-decoder.js';
import { ModelFiles } from './model-files.js';
import * as audioStore from './opfs-audio.js';
import { PythonInbox } from './python-inbox.js';
import * as samples from './samples.js';
import * as scores from './scores.js';

/** @typedef {{ type: 'engine-alive', lock: string }} EngineAlive Read by library-worker.js. */

/** See `WorkerRole` in python-worker.js. */
export class EngineWorker {
  /**
   * @param {string} base
   * @param {Record<string, number>} marks
   */
  constructor(base, marks) {
    this.base = base;
    this.marks = marks;
    // Fetched while Python starts; if it fails, that is met again and told when it is needed.
    import(/* @vite-ignore */ this.address(__BUILD__.transformersURL)).catch(() => undefined);
    this.inbox = new PythonInbox();
    this.models = new ModelFiles(new URL(__BUILD__.modelsURL, base));
    /** @type {(port: MessagePort) => void} */
    this.connect = () => {};
    /** @type {Promise<MessagePort>} */
    this.port = new Promise((resolve) => {
      this.connect = resolve;
    });
    this.platform = {
      samples,
      inference: { ...inference, ...scores },
      models: this.models,
      /** @param {(text: string) => void} py */
      open: (py) => this.inbox.connect(py),
      send: (/** @type {string} */ text) => this.send(JSON.parse(text)),
      openAudio: (
        /** @type {string} */ path,
        /** @type {number} */ track,
        /** @type {string} */ container,
        /** @type {number} */ channel,
      ) => this.openAudio(path, track, container, channel),
      loadTransformers: (/** @type {string} */ device, /** @type {number} */ threads) =>
        this.loadTransformers(device, threads),
    };
  }

  /**
   * @param {any} data
   * @param {readonly MessagePort[]} ports
   */
  receive(data, ports) {
    if (data.host === 'engine-port') {
      ports[0].onmessage = (event) => this.inbox.push(JSON.stringify(event.data));
      this.connect(ports[0]);
      this.showLife();
    }
  }

  /** Hold a lock as long as this worker lives: the library waits for it to know of its end. */
  showLife() {
    const lock = `earwitness-engine-${crypto.randomUUID()}`;
    navigator.locks?.request(lock, () => {
      this.send({ type: 'engine-alive', lock });
      return new Promise(() => {});
    });
  }

  /**
   * @param {BootStage} stage
   * @param {ErrorView | null} error
   */
  stage(stage, error) {
    if (stage === 'failed' && error) {
      this.send({ type: 'engine-boot-failed', error });
    }
  }

  /** @param {EngineEvent | EngineBootFailed | EngineAlive} message */
  send(message) {
    this.port.then((port) => port.postMessage(message));
  }

  /**
   * @param {string} path
   * @param {number} track
   * @param {string} container See `openAudio`.
   * @param {number} channel See `openAudio`.
   */
  async openAudio(path, track, container, channel) {
    const decoders = await loadDecoders(this.address(__BUILD__.decodersURL));
    return openAudio(new BlobBytes(await audioStore.open(path)), track, decoders, {
      container,
      channel,
    });
  }

  /**
   * @param {string} device
   * @param {number} threads
   */
  loadTransformers(device, threads) {
    const { transformersURL, ort, ortWebgpu } = __BUILD__;
    const { mjs, wasm } = device === 'webgpu' ? ortWebgpu : ort;
    const setup = {
      transformersURL: this.address(transformersURL),
      mjs: this.address(mjs),
      wasm: this.address(wasm),
      threads,
    };
    return inference.loadTransformers(setup, this.models);
  }

  /** @param {string} path */
  address(path) {
    return new URL(path, this.base).href;
  }
}
