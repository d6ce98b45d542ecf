/** Worker of stock.js. All files come from this origin; ONNX Runtime is its default build. */
import { env, pipeline } from '/transformers/transformers.min.js';

env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = '/models/';
env.useBrowserCache = false;
env.backends.onnx.wasm.wasmPaths = {
  mjs: '/ort/ort-wasm-simd-threaded.asyncify.mjs',
  wasm: '/ort/ort-wasm-simd-threaded.asyncify.wasm',
};
const WINDOW_S = 30;
let recognise;
let multilingual = false;

async function load({ model, dtype, threads }) {
  env.backends.onnx.wasm.numThreads = threads;
  multilingual = !model.endsWith('.en');
  recognise = await pipeline('automatic-speech-recognition', model, { dtype, device: 'wasm' });
  return {};
}

async function transcribe(samples) {
  const long = samples.length > WINDOW_S * 16_000;
  const { text } = await recognise(samples, {
    return_timestamps: true,
    ...(long ? { chunk_length_s: WINDOW_S, stride_length_s: 5 } : {}),
    ...(multilingual ? { language: 'english', task: 'transcribe' } : {}),
  });
  return { text };
}

globalThis.onmessage = async ({ data }) => {
  try {
    const answer = data.load ? await load(data.load) : await transcribe(data.samples);
    globalThis.postMessage({ ...answer, id: data.id });
  } catch (error) {
    globalThis.postMessage({ id: data.id, error: String(error?.stack ?? error) });
  }
};
