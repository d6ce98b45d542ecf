/** The sound of recordings as files: written by a worker of its own, one recording at a time. */
/** @import { AudioFormat, ErrorKind } from '../generated/messages' */
/** @import { ExportEvent, ExportRequest } from '../workers/export-worker.js' */
import { AUDIO_FORMATS } from '../generated/constants.js';
import { library } from './library-client.js';
import { fileAt, saveFile } from './platform.js';
import { RequestError, viewOf } from './request-error.js';
import { formatNotWritten, workerNotLoaded } from './strings/errors.js';

/**
 * @typedef {readonly [from_s: number, to_s: number]} Part
 * @typedef {readonly Part[] | 'highlights'} Parts none: all of the recording
 * @typedef {{ signal?: AbortSignal, onprogress?: (at_s: number) => void }} Running
 */

/** @type {ErrorKind} */
const REFUSED = 'BadRequestError';
/** What a browser has to be able to encode. */
const CODECS = { m4a: 'mp4a.40.2', opus: 'opus' };
const MEDIA_TYPES = { wav: 'audio/wav', m4a: 'audio/mp4', opus: 'audio/ogg' };

/** @param {string} format @returns {format is AudioFormat} */
export const isAudioFormat = (format) => AUDIO_FORMATS.some((each) => each === format);

/** @param {AudioFormat} format @returns {Promise<boolean>} whether this browser can write it */
async function isWritable(format) {
  if (format === 'wav') return true;
  if (typeof AudioEncoder === 'undefined') return false;
  const config = { codec: CODECS[format], sampleRate: 48_000, numberOfChannels: 2 };
  return (await AudioEncoder.isConfigSupported(config)).supported ?? false;
}

/** @returns {Promise<AudioFormat[]>} those that this browser can write, in the order of the dialog */
export async function writableAudio() {
  const known = await Promise.all(AUDIO_FORMATS.map(isWritable));
  return AUDIO_FORMATS.filter((_, index) => known[index]);
}

/**
 * Write the sound of a recording, or parts of it, into a file of the private file system.
 * @param {string} id
 * @param {AudioFormat} format
 * @param {Parts} parts
 * @param {Running} [running]
 * @returns {Promise<File>} with its name; it stays for an hour
 */
export async function exportAudio(id, format, parts, { signal, onprogress } = {}) {
  if (!(await isWritable(format))) {
    throw new RequestError({ type: 'BadRequestError', ...formatNotWritten(format), detail: '' });
  }
  const request = /** @type {const} */ ({ type: 'export-audio', transcript_id: id, format });
  const {
    name,
    parts: ordered,
    silent,
    ...recording
  } = await library.request({
    ...request,
    ...(parts === 'highlights'
      ? { highlights_only: true }
      : { parts: parts.map(([from_s, to_s]) => /** @type {[number, number]} */ ([from_s, to_s])) }),
  });
  signal?.throwIfAborted();
  const base = new URL('.', document.baseURI).href;
  const file = await written(
    {
      type: 'write',
      id,
      recording: { ...recording, base },
      cut: { format, silent, ...(ordered.length && { parts: ordered }) },
    },
    { signal, onprogress },
  );
  return new File([file], name, { type: MEDIA_TYPES[format] });
}

/**
 * @param {ExportRequest} request
 * @param {Running} running
 * @returns {Promise<File>}
 */
function written(request, { signal, onprogress }) {
  const url = new URL(__BUILD__.exportWorkerURL, document.baseURI);
  const worker = new Worker(url, { type: 'module', name: 'earwitness export' });
  const abort = () => worker.postMessage(/** @type {ExportRequest} */ ({ type: 'abort' }));
  signal?.addEventListener('abort', abort);
  return new Promise((resolve, reject) => {
    worker.onerror = () =>
      reject(new RequestError({ type: 'PageError', ...workerNotLoaded, detail: '' }));
    worker.onmessage = (/** @type {MessageEvent<ExportEvent>} */ { data }) => {
      if (data.type === 'progress') onprogress?.(data.atS);
      else if (data.type === 'written') resolve(data.file);
      else if (data.type === 'failed')
        reject(signal?.aborted ? signal.reason : new RequestError(data.error));
    };
    worker.postMessage(request);
  }).finally(() => {
    signal?.removeEventListener('abort', abort);
    worker.terminate();
  });
}

/**
 * Save one file of sound, or several in one zip. Of several, those in which nothing is highlighted
 * are left out if only that is wanted.
 * @param {readonly string[]} ids
 * @param {AudioFormat} format
 * @param {Parts} parts
 * @param {{ signal: AbortSignal, onprogress: (at_s: number, number: number) => void }} running
 *   `number` of the recording, from 0
 */
export async function saveAudio(ids, format, parts, { signal, onprogress }) {
  /** @type {File[]} */
  const files = [];
  /** @type {unknown} */
  let refused = null;
  for (const [number, id] of ids.entries()) {
    const told = (/** @type {number} */ at_s) => onprogress(at_s, number);
    try {
      files.push(await exportAudio(id, format, parts, { signal, onprogress: told }));
    } catch (thrown) {
      if (parts !== 'highlights' || viewOf(thrown).type !== REFUSED) throw thrown;
      refused = thrown;
    }
  }
  const [first] = files;
  if (!first) throw refused;
  if (files.length === 1) return saveFile(first, first.name);
  const names = files.map(({ name }) => name);
  const zip = await library.request({ type: 'zip-files', names }, files);
  signal.throwIfAborted();
  saveFile(await fileAt(zip.path), zip.name);
}
