/**
 * Peer: transformers.js's speech recognition, used as its documentation shows. The page decodes the
 * file and a worker computes, so that the tab stays responsive.
 */

const worker = new Worker('stock-worker.js', { type: 'module' });
/** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
const waiting = new Map();
let lastId = 0;

worker.onmessage = ({ data }) => {
  const { resolve, reject } = waiting.get(data.id);
  waiting.delete(data.id);
  if (data.error) reject(new Error(data.error));
  else resolve(data);
};
worker.onerror = (event) => {
  for (const { reject } of waiting.values()) reject(new Error(event.message));
};

function send(message, transfer = []) {
  return new Promise((resolve, reject) => {
    lastId += 1;
    waiting.set(lastId, { resolve, reject });
    worker.postMessage({ ...message, id: lastId }, transfer);
  });
}

/** Decode a file with the browser's decoder to 16 kHz mono, the mean of the channels. */
async function decode(file) {
  const context = new OfflineAudioContext(1, 1, 16_000);
  const audio = await context.decodeAudioData(await file.arrayBuffer());
  const mono = new Float32Array(audio.length);
  for (let channel = 0; channel < audio.numberOfChannels; channel++) {
    const samples = audio.getChannelData(channel);
    for (let i = 0; i < mono.length; i++) mono[i] += samples[i] / audio.numberOfChannels;
  }
  return mono;
}

globalThis.stock = {
  /** @param {{model: string, dtype: string, threads: number}} options */
  load: (options) => send({ load: options }),
  /** @param {File} file */
  async transcribe(file) {
    const began = performance.now();
    const samples = await decode(file);
    const { text } = await send({ samples }, [samples.buffer]);
    return { text, took_s: (performance.now() - began) / 1000 };
  },
};
