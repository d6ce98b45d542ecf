/** Making redactions final: the recording is silenced first, then the library deletes the words. */
/** @import { RedactionList, SilencedAudio } from '../generated/messages' */
/** @import { ExportEvent, ExportRequest } from '../workers/export-worker.js' */
/** @import { SilenceRequest } from '../workers/silenced-copy.js' */
import { allDrafts, deleteDraft } from './drafts.js';
import { library } from './library-client.js';
import { playback } from './playback.js';
import { announce } from './reader.js';
import { RequestError } from './request-error.js';
import { store, summaryOf, update } from './store.js';
import { workerNotLoaded } from './strings/errors.js';
import * as t from './strings/redactions.js';
import { Typing } from './typing.js';

/** @param {string} transcript_id @returns {Promise<RedactionList['redactions']>} */
export const listRedactions = async (transcript_id) =>
  (await library.request({ type: 'list-redactions', transcript_id })).redactions;

/**
 * Make all redactions of a transcript final.
 * @param {string} id
 * @returns {Promise<string>} the server that still has the words; empty: none
 */
export async function makeRedactionsFinal(id) {
  for (const draft of store.drafts) {
    if (draft instanceof Typing && draft.transcript === id) {
      throw new RequestError({ type: 'BadRequestError', ...t.unsaved, detail: '' });
    }
  }
  const { redactions } = await library.request({ type: 'get-transcript', transcript_id: id });
  const audio = await silenced(id, redactions);
  const request = { type: /** @type {const} */ ('make-redactions-final'), transcript_id: id };
  const { server } = await library.request({ ...request, redactions, audio });
  for (const draft of await allDrafts().catch(() => [])) {
    if (draft.transcript_id === id) await deleteDraft(draft.key);
  }
  if (store.player.id === id) {
    playback.unload();
    if (store.opened?.id === id) void playback.load(id);
  }
  // What a screen reader was told last may have the words.
  announce('');
  const { opened } = store;
  if (opened?.id === id) {
    const transcript = await library.request({ type: 'get-transcript', transcript_id: id });
    update({ opened: { ...opened, transcript } });
  }
  return server;
}

/**
 * @param {string} id
 * @param {SilenceRequest['parts']} parts
 * @returns {Promise<SilencedAudio | null>} a copy that is silent in these parts; null: nothing is kept
 */
async function silenced(id, parts) {
  const { path, container } = await library.request({ type: 'get-audio', transcript_id: id });
  if (!path) return null;
  const url = new URL(__BUILD__.exportWorkerURL, document.baseURI);
  const worker = new Worker(url, { type: 'module', name: 'earwitness silence' });
  try {
    const track = summaryOf(id)?.job.options.audio_track ?? 0;
    const base = new URL('.', document.baseURI).href;
    return await new Promise((resolve, reject) => {
      worker.onmessage = (/** @type {MessageEvent<ExportEvent>} */ { data }) => {
        if (data.type === 'silenced') resolve(data.audio);
        else if (data.type === 'failed') reject(new RequestError(data.error));
      };
      worker.onerror = () =>
        reject(new RequestError({ type: 'PageError', ...workerNotLoaded, detail: '' }));
      /** @type {ExportRequest} */
      const request = { type: 'silence', id, path, track, container, base, parts };
      worker.postMessage(request);
    });
  } finally {
    worker.terminate();
  }
}
