/** Peer: whisper.cpp's WebAssembly build, used as its package's documentation shows. */
import createModule from '/shout/shout.wasm.js';
import { FileTranscriber } from '/transcriber/index.js';

/** @type {FileTranscriber} */
let transcriber;
let threads = 1;

globalThis.stock = {
  /** @param {{model: string, threads: number}} options */
  async load(options) {
    threads = options.threads;
    transcriber = new FileTranscriber({
      createModule,
      model: `/ggml/${options.model}.bin`,
      print: () => {},
      printErr: () => {},
    });
    await transcriber.init();
  },
  /** @param {File} file */
  async transcribe(file) {
    const began = performance.now();
    const result = await transcriber.transcribe(file, { lang: 'en', threads });
    const text = result.transcription.map((segment) => segment.text).join(' ');
    return { text, took_s: (performance.now() - began) / 1000 };
  },
};
