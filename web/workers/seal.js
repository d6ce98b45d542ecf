/** Takes everything out of a worker's global scope by which code could reach beyond the worker. */

/** A wasm page has 64 KiB: 1 GiB. */
const MEMORY_PAGES_MAX = 16_384;

/** What stays besides the language itself. */
const KEPT = new Set([
  ...['self', 'globalThis', 'constructor', 'location', 'console', 'performance', 'crypto'],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'queueMicrotask'],
  ...['addEventListener', 'removeEventListener', 'dispatchEvent', 'structuredClone'],
  ...['TextDecoder', 'TextEncoder', 'URL', 'URLSearchParams', 'Blob', 'File', 'Response'],
  ...['Request', 'Headers', 'ReadableStream', 'AbortController', 'AbortSignal', 'Event'],
  ...['EventTarget', 'MessageChannel', 'MessagePort', 'MessageEvent', 'DOMException'],
  ...['ErrorEvent', 'PromiseRejectionEvent', 'WorkerGlobalScope', 'DedicatedWorkerGlobalScope'],
  ...['WebAssembly', 'Crypto', 'Performance', 'atob', 'btoa', 'isSecureContext'],
  ...['crossOriginIsolated', 'origin', 'name', 'onmessage', 'onerror', 'WorkerLocation'],
]);

/** Names of the language, which every realm has. */
const LANGUAGE = new Set([
  ...['Object', 'Function', 'Array', 'Number', 'parseFloat', 'parseInt', 'Infinity', 'NaN'],
  ...['undefined', 'Boolean', 'String', 'Symbol', 'Date', 'Promise', 'RegExp', 'Error'],
  ...['AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError'],
  ...['URIError', 'JSON', 'Math', 'Intl', 'ArrayBuffer', 'SharedArrayBuffer', 'Atomics'],
  ...['Uint8Array', 'Int8Array', 'Uint16Array', 'Int16Array', 'Uint32Array', 'Int32Array'],
  ...['Float16Array', 'Float32Array', 'Float64Array', 'Uint8ClampedArray', 'BigUint64Array'],
  ...['BigInt64Array', 'DataView', 'Map', 'BigInt', 'Set', 'WeakMap', 'WeakSet', 'WeakRef'],
  ...['Proxy', 'Reflect', 'FinalizationRegistry', 'Iterator', 'decodeURI', 'encodeURI'],
  ...['decodeURIComponent', 'encodeURIComponent', 'escape', 'unescape', 'isFinite', 'isNaN'],
  ...['SuppressedError', 'DisposableStack', 'AsyncDisposableStack', 'Temporal'],
]);

/**
 * @param {Record<string, Blob>} files what `fetch` still finds, by address
 */
export function seal(files) {
  const agent = navigator.userAgent;
  for (let scope = globalThis; scope && scope !== Object.prototype; ) {
    for (const name of Object.getOwnPropertyNames(scope)) {
      if (!KEPT.has(name) && !LANGUAGE.has(name)) {
        remove(scope, name);
      }
    }
    scope = Object.getPrototypeOf(scope);
  }
  define('navigator', Object.freeze({ userAgent: agent, platform: '', language: 'en' }));
  define('fetch', async (/** @type {any} */ asked) => answer(files, asked));
  limitMemory();
}

/**
 * @param {Record<string, Blob>} files
 * @param {string | URL | Request} asked
 */
function answer(files, asked) {
  const address = String(asked instanceof Request ? asked.url : asked);
  const file = Object.hasOwn(files, address) ? files[address] : null;
  if (!file) {
    throw new TypeError('Extensions have no network.');
  }
  return new Response(file, { headers: { 'Content-Type': file.type } });
}

/**
 * @param {object} scope
 * @param {string} name
 */
function remove(scope, name) {
  if (!Reflect.deleteProperty(scope, name)) {
    // What cannot be deleted can be covered, unless the language forbids that as well.
    Reflect.defineProperty(scope, name, { value: undefined, configurable: false });
    Reflect.set(scope, name, undefined);
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function define(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: false, writable: false });
}

function limitMemory() {
  const { grow } = WebAssembly.Memory.prototype;
  /** @this {WebAssembly.Memory} @param {number} pages */
  WebAssembly.Memory.prototype.grow = function limited(pages) {
    if (this.buffer.byteLength / 65_536 + pages > MEMORY_PAGES_MAX) {
      throw new RangeError('Extensions have 1 GB of memory.');
    }
    return grow.call(this, pages);
  };
}
