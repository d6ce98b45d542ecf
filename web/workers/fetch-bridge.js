/**
 * `fetch` for the library's Python: a request is JSON of `Request`, and a recording in it goes
 * from the disk to the network without passing through memory. A connection that fails is data
 * too: `{lost, detail}`.
 */
/** @import { Request as HttpRequest, Response as HttpResponse } from '../generated/platform' */

import * as t from '../app/strings/platform-errors.js';
import { describe, PlatformError } from './errors.js';
import * as audioStore from './opfs-audio.js';

const POLICY_WAIT_MS = 50;
/** Read by the service worker at the next visit. */
const LISTS = 'earwitness-lists';
const POLICY_WANTED = 'policy-wanted';

/** Its names must not be those of a generator: Pyodide would take it for one. */
export class FetchBridge {
  constructor() {
    this.origin = location.origin;
    /** @type {Map<number, AbortController>} */
    this.calls = new Map();
    /** @type {Map<number, ReadableStreamDefaultReader<string>>} */
    this.streams = new Map();
    /** @type {Map<number, Blob>} */
    this.files = new Map();
    /** @type {Set<string>} Origins that the page's policy has refused. */
    this.blocked = new Set();
    addEventListener('securitypolicyviolation', (/** @type {any} */ event) => {
      if (event.effectiveDirective === 'connect-src') {
        this.blocked.add(new URL(event.blockedURI, location.href).origin);
        void wantPolicy();
      }
    });
  }

  /**
   * @param {number} id
   * @param {string} request
   * @returns {Promise<string>} JSON: {status, headers, text} or {lost, detail}
   */
  async request(id, request) {
    return this.guarded(id, request, (response) => this.whole(id, response));
  }

  /**
   * @param {number} id
   * @param {string} request
   * @returns {Promise<string>} As `request`; the body of a success is read with `read`.
   */
  async stream(id, request) {
    return this.guarded(id, request, async (response) => {
      if (!response.ok || !response.body) {
        return this.whole(id, response);
      }
      const text = response.body.pipeThrough(new TextDecoderStream());
      this.streams.set(id, text.getReader());
      return { ...head(response), text: '' };
    });
  }

  /**
   * @param {number} id
   * @param {string} request
   * @returns {Promise<string>} As `request`; `file` has the body of a success.
   */
  async download(id, request) {
    return this.guarded(id, request, async (response) => {
      if (!response.ok) {
        return this.whole(id, response);
      }
      const file = await response.blob();
      this.calls.delete(id);
      // The server does not know its type; the content tells.
      this.files.set(id, file.slice());
      return { ...head(response), text: '' };
    });
  }

  /**
   * @param {number} id
   * @returns {Blob | undefined} What `download` has brought, once.
   */
  file(id) {
    const file = this.files.get(id);
    this.files.delete(id);
    return file;
  }

  /**
   * @param {number} id
   * @returns {Promise<string>} JSON: {text}, null at the end; or {lost, detail}
   */
  async read(id) {
    try {
      const { value = null } = (await this.streams.get(id)?.read()) ?? {};
      return JSON.stringify({ text: value });
    } catch (error) {
      return JSON.stringify({ lost: 'away', detail: describe(error) });
    }
  }

  /** @param {number} id Nothing happens when it is over. */
  cancel(id) {
    this.calls.get(id)?.abort();
    this.calls.delete(id);
    this.streams.delete(id);
  }

  /**
   * @param {number} id
   * @param {Response} response
   * @returns {Promise<HttpResponse>}
   */
  async whole(id, response) {
    this.calls.delete(id);
    return { ...head(response), text: await response.text() };
  }

  /**
   * @param {number} id
   * @param {string} text
   * @param {(response: Response) => Promise<object>} take
   */
  async guarded(id, text, take) {
    /** @type {HttpRequest} */
    const request = JSON.parse(text);
    const { url, method, headers } = request;
    const body = await bodyOf(request);
    const call = new AbortController();
    this.calls.set(id, call);
    try {
      const init = { method, headers, body, signal: call.signal, cache: 'no-store' };
      return JSON.stringify(await take(await fetch(url, /** @type {any} */ (init))));
    } catch (error) {
      this.calls.delete(id);
      // The policy's own event comes a moment after the failure it explains.
      await new Promise((resolve) => setTimeout(resolve, POLICY_WAIT_MS));
      const lost = this.blocked.has(new URL(url).origin) ? 'blocked' : 'away';
      return JSON.stringify({ lost, detail: describe(error) });
    }
  }
}

/** The operator may allow the origin before the page is loaded again. */
async function wantPolicy() {
  const lists = await globalThis.caches?.open(LISTS).catch(() => null);
  await lists?.put(new URL(POLICY_WANTED, location.origin), new Response('')).catch(() => null);
}

/**
 * @param {Response} response
 * @returns {Omit<HttpResponse, 'text'>}
 */
function head(response) {
  return { status: response.status, headers: Object.fromEntries(response.headers) };
}

/**
 * @param {HttpRequest} request
 * @returns {Promise<BodyInit | undefined>}
 */
async function bodyOf({ text, audio, fields }) {
  if (!audio) {
    return text || undefined;
  }
  const file = await recording(audio.path);
  if (!fields.length) {
    return file.slice(audio.start, audio.end ?? file.size);
  }
  const form = new FormData();
  for (const [name, value] of fields) {
    form.append(name, value);
  }
  form.append('file', new File([file], audio.name, { type: audio.media_type }));
  return form;
}

/** @param {string} path */
async function recording(path) {
  try {
    return await audioStore.open(path);
  } catch (error) {
    throw new PlatformError('StorageError', t.recordingGone, error);
  }
}
