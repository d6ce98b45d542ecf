// Times the graphs that tell speakers apart in ONNX Runtime's WebAssembly build, on two threads as
// in the page: folder, audio (float32 file) -> one JSON line with seconds of wall and processor
// time for a window of the segmentation, for a second of embedded audio, and for loading.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';

const [folder, audioFile] = process.argv.slice(2);
const RATE_HZ = 16_000;
const WINDOW = 10 * RATE_HZ;
const BATCH = 4;
const STRETCH = 4 * RATE_HZ;
const REPEATS = 5;
env.wasm.numThreads = 2;
const bytes = readFileSync(audioFile);
const audio = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const now = () => ({ wall: performance.now() / 1e3, cpu: process.cpuUsage() });
const since = (/** @type {{ wall: number, cpu: NodeJS.CpuUsage }} */ began) => {
  const used = process.cpuUsage(began.cpu);
  return { wall_s: performance.now() / 1e3 - began.wall, cpu_s: (used.user + used.system) / 1e6 };
};
const load = (/** @type {string} */ name) =>
  InferenceSession.create(readFileSync(join(folder, `${name}.onnx`)), {
    executionProviders: ['wasm'],
  });
let began = now();
const segmentation = await load('segmentation');
const embedding = await load('embedding');
const loading = since(began);
const windows = new Tensor('float32', audio.slice(0, BATCH * WINDOW), [BATCH, WINDOW]);
const stretch = new Tensor('float32', audio.slice(0, STRETCH), [1, STRETCH]);
const timed = async (
  /** @type {InferenceSession} */ session,
  /** @type {Tensor} */ input,
  /** @type {number} */ parts,
) => {
  await session.run({ audio: input });
  began = now();
  for (let n = 0; n < REPEATS; n += 1) await session.run({ audio: input });
  const { wall_s, cpu_s } = since(began);
  return { wall_s: wall_s / REPEATS / parts, cpu_s: cpu_s / REPEATS / parts };
};
const window = await timed(segmentation, windows, BATCH);
const second = await timed(embedding, stretch, STRETCH / RATE_HZ);
const memory_bytes = process.memoryUsage().rss;
process.stdout.write(`${JSON.stringify({ loading, window, second, memory_bytes })}\n`);
process.exit(0);
