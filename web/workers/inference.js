/**
 * transformers.js, set up for this origin: nothing is fetched from elsewhere, model files come from
 * this device only. Python wraps the module; what is here is what Python cannot reach, because
 * `env.backends` read from Python is a copy and BigInt arrays have no Python form.
 */

import * as t from '../app/strings/platform-errors.js';
import { describe, PlatformError } from './errors.js';

/** Every address below it is answered from the device, never from the network. */
const MODELS_PATH = '/earwitness-models/';

/**
 * @typedef {import('./model-files.js').ModelFiles} ModelFiles
 * @typedef {{transformersURL: string, mjs: string, wasm: string, threads: number}} Setup
 */

/**
 * @param {Setup} setup Absolute addresses of this origin.
 * @param {ModelFiles} files
 * @returns {Promise<any>} The module.
 */
export async function loadTransformers(setup, files) {
  let transformers;
  try {
    transformers = await import(/* @vite-ignore */ setup.transformersURL);
  } catch (error) {
    throw new PlatformError('ModelError', t.engineNotLoaded, error);
  }
  const { env } = transformers;
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = MODELS_PATH;
  env.useBrowserCache = false;
  env.useWasmCache = false;
  env.useCustomCache = true;
  env.customCache = cacheOf(files);
  const { wasm } = env.backends.onnx;
  wasm.wasmPaths = { mjs: setup.mjs, wasm: setup.wasm };
  wasm.numThreads = setup.threads;
  return transformers;
}

/**
 * Model files as the cache that transformers.js asks first.
 *
 * @param {ModelFiles} files
 */
function cacheOf(files) {
  return {
    /** @param {string} key */
    async match(key) {
      if (!key.startsWith(MODELS_PATH)) {
        return undefined;
      }
      const [id, ...rest] = key.slice(MODELS_PATH.length).split('/');
      const file = await files.open(id, rest.join('/'));
      return file
        ? new Response(file, { headers: { 'Content-Length': `${file.size}` } })
        : undefined;
    },
    async put() {
      throw new Error('no model file is ever fetched past the model store');
    },
  };
}

/**
 * Threads for ONNX Runtime: none without isolation, never more than the machine's cores.
 *
 * @param {number} wanted 0: choose.
 * @returns {number}
 */
export function threadsFor(wanted) {
  const cores = navigator.hardwareConcurrency || 1;
  if (!globalThis.crossOriginIsolated) {
    return 1;
  }
  return wanted ? Math.min(wanted, cores) : Math.max(1, Math.min(4, cores));
}

/** @returns {Promise<boolean>} Whether this browser hands out a graphics adapter. */
export async function hasWebGpu() {
  /** @type {{requestAdapter: () => Promise<object | null>} | undefined} */
  const gpu = Reflect.get(navigator, 'gpu');
  try {
    return Boolean(await gpu?.requestAdapter());
  } catch (error) {
    console.warn(`No graphics adapter: ${describe(error)}`);
    return false;
  }
}

/**
 * How far two tensors are apart: the norm of the difference by the norm of the second.
 *
 * @param {{data: Float32Array}} one
 * @param {{data: Float32Array}} other
 * @returns {number} Not finite where one of them is damaged.
 */
export function distance({ data: one }, { data: other }) {
  let apart = 0;
  let whole = 0;
  for (let index = 0; index < other.length; index++) {
    apart += (one[index] - other[index]) ** 2;
    whole += other[index] ** 2;
  }
  return one.length === other.length ? Math.sqrt(apart / whole) : Number.POSITIVE_INFINITY;
}

/**
 * An input of a graph. Numbers of Python's come as a plain array.
 *
 * @param {any} transformers
 * @param {'float32' | 'int64' | 'bool'} type
 * @param {Float32Array | number[] | boolean[]} values
 * @param {number[]} dims Empty: a scalar.
 */
export function tensor(transformers, type, values, dims) {
  if (type === 'int64') {
    const integers = BigInt64Array.from(/** @type {number[]} */ (values), BigInt);
    return new transformers.Tensor(type, integers, dims);
  }
  if (type === 'bool') {
    return new transformers.Tensor(type, Uint8Array.from(values, Number), dims);
  }
  const floats = values instanceof Float32Array ? values : Float32Array.from(values, Number);
  return new transformers.Tensor(type, floats, dims);
}

/**
 * A vector that is `fill` at the given places and 0 elsewhere.
 *
 * @param {any} transformers
 * @param {number} length
 * @param {number[]} places
 * @param {number} fill
 */
export function sparse(transformers, length, places, fill) {
  const values = new Float32Array(length);
  for (const place of places) {
    values[place] = fill;
  }
  return new transformers.Tensor('float32', values, [length]);
}

/**
 * Some rows of a batch, copied.
 *
 * @param {any} transformers
 * @param {{type: string, data: any, dims: number[]}} whole
 * @param {number[]} rows
 */
export function rows(transformers, whole, rows) {
  const size = whole.data.length / whole.dims[0];
  const data = new whole.data.constructor(rows.length * size);
  for (const [index, row] of rows.entries()) {
    data.set(whole.data.subarray(row * size, (row + 1) * size), index * size);
  }
  return new transformers.Tensor(whole.type, data, [rows.length, ...whole.dims.slice(1)]);
}

/**
 * Cross-attention tensors of single rows as one batch. Each row is its own frames and then silence;
 * a row shorter than the longest gets more of its silence, from the beginning, before it.
 *
 * @param {any} transformers
 * @param {{type: string, data: Float32Array, dims: number[]}[]} parts One row each.
 * @param {number[]} own Frames before the silence, a part.
 * @param {number} axis Where the frames are.
 */
export function stacked(transformers, parts, own, axis) {
  const { type, dims } = parts[0];
  const product = (/** @type {number[]} */ sizes) => sizes.reduce((a, b) => a * b, 1);
  const outer = product(dims.slice(0, axis));
  const inner = product(dims.slice(axis + 1));
  const frames = Math.max(...parts.map((part) => part.dims[axis]));
  const data = new Float32Array(parts.length * outer * frames * inner);
  let at = 0;
  /** @param {Float32Array} piece */
  const add = (piece) => {
    data.set(piece, at);
    at += piece.length;
  };
  for (const [index, part] of parts.entries()) {
    const size = part.dims[axis] * inner;
    const heard = own[index] * inner;
    for (let start = 0; start < outer * size; start += size) {
      const silence = part.data.subarray(start + heard, start + size);
      add(part.data.subarray(start, start + heard));
      for (let missing = frames * inner - size; missing > 0; missing -= silence.length) {
        add(silence.subarray(0, missing));
      }
      add(silence);
    }
  }
  const shape = [...dims];
  shape[0] = parts.length;
  shape[axis] = frames;
  return new transformers.Tensor(type, data, shape);
}

/**
 * An output of a graph as plain numbers.
 *
 * @param {{type: string, data: any}} output
 * @returns {Float64Array | Float32Array | Uint8Array}
 */
export function numbers(output) {
  const { data } = output;
  return output.type === 'int64' ? Float64Array.from(data, Number) : data;
}
