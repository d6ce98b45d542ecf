// Runs the graphs that tell speakers apart in ONNX Runtime's WebAssembly build: folder, audio
// (float32 file) -> one JSON line: probabilities of the segmentation, vector of the embedding.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';

const [folder, audioFile] = process.argv.slice(2);
env.wasm.numThreads = 1;
const bytes = readFileSync(audioFile);
const audio = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const input = { audio: new Tensor('float32', audio, [1, audio.length]) };
const run = async (/** @type {string} */ name) => {
  const file = readFileSync(join(folder, `${name}.onnx`));
  const session = await InferenceSession.create(file, { executionProviders: ['wasm'] });
  return session.run(input);
};
const { speakers } = await run('segmentation');
const { embeddings } = await run('embedding');
const answer = { speakers: Array.from(speakers.data), embedding: Array.from(embeddings.data) };
process.stdout.write(`${JSON.stringify(answer)}\n`);
process.exit(0);
