// Runs the two graphs in ONNX Runtime's WebAssembly build: folder, audio (float32 file), prompt
// (JSON) -> one JSON line: greedy tokens, and what the two runs of a search with five beams left
// behind.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';

const [folder, audioFile, promptJson] = process.argv.slice(2);
env.wasm.numThreads = 1;
const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
const bytes = readFileSync(audioFile);
const audio = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const prompt = JSON.parse(promptJson);
const options = { executionProviders: ['wasm'] };
const encoder = await InferenceSession.create(readFileSync(join(folder, 'encoder.onnx')), options);
const decoder = await InferenceSession.create(readFileSync(join(folder, 'decoder.onnx')), options);

/** @param {number[]} values */
const integers = (...values) =>
  new Tensor('int64', BigInt64Array.from(values.map(BigInt)), [values.length]);
/** @param {number[]} tokens */
const bias = (tokens) => {
  const values = new Float32Array(manifest.dims.vocab);
  for (const token of tokens) values[token] = -1e30;
  return new Tensor('float32', values, [values.length]);
};

const cross = await encoder.run({ audio: new Tensor('float32', audio, [1, audio.length]) });
const arrays = { float32: Float32Array, int64: BigInt64Array, bool: Uint8Array };
/** No run went before this one. */
const past = manifest.states.map((/** @type {any} */ { name, type, shape }) => {
  const dims = shape.map((/** @type {number} */ size) => Math.abs(size));
  const size = dims.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1);
  return [`past_${name}`, new Tensor(type, new arrays[type](size), dims)];
});
const inputs = {
  ...cross,
  prompt: integers(...prompt).reshape([1, prompt.length]),
  sot_index: integers(0),
  max_steps: integers(224),
  temperature: new Tensor('float32', [0], [1]),
  uniforms: new Tensor('float32', [0], [1, 1]),
  suppress_bias: bias(manifest.suppress_tokens),
  begin_suppress_bias: bias(manifest.begin_suppress_tokens),
  timestamps: new Tensor('bool', [1], [1]),
  max_initial_timestamp: integers(50),
  audio_frames: integers(audio.length / 320),
  token_counts: integers(prompt.length),
  beams: integers(1),
  branches: integers(...Array(2 * prompt.length).fill(0)).reshape([2, prompt.length]),
  scored_from: integers(prompt.length),
  first_step: integers(0),
  hand_on: new Tensor('bool', [0], [1]),
  ...Object.fromEntries(past),
};
const result = await decoder.run(inputs);
const beams = integers(5);
const first = await decoder.run({
  ...inputs,
  beams,
  max_steps: integers(20),
  hand_on: new Tensor('bool', [1], [1]),
});
const handedOn = manifest.states.map((/** @type {any} */ { name }) => [
  `past_${name}`,
  first[`next_${name}`],
]);
const second = await decoder.run({
  ...inputs,
  beams,
  max_steps: integers(204),
  first_step: integers(20),
  ...Object.fromEntries(handedOn),
});
const NAMES = [
  'tokens',
  'log_probabilities',
  'parents',
  'endings',
  'lengths',
  'no_speech_probability',
  'looped',
];
const length = Number(result.lengths.data[0]);
const tokens = Array.from(result.tokens.data.slice(0, length), Number);
const searched = [first, second].map((run) =>
  Object.fromEntries(NAMES.map((name) => [name, Array.from(run[name].data, Number)])),
);
process.stdout.write(`${JSON.stringify({ tokens, alignment: result.alignment.dims, searched })}\n`);
process.exit(0);
