/** The text on show and the one of the same run that a server has: corrections go both ways. */
/** @import { OriginalView } from '../generated/messages' */
import { attempt } from './actions.js';
import { library } from './library-client.js';
import { viewOf } from './request-error.js';
import { serverName } from './server-name.js';
import { changed, effect, kept, signal, store, summaryOf, untracked, update } from './store.js';
import * as t from './strings/originals.js';
import { note, tellError } from './toasts.js';

/** A text that changes is compared after a pause. */
const PAUSE_MS = 400;
const CONFLICT = 'EditConflictError';

/**
 * @typedef {object} Conflict a sentence that was changed here and on the server
 * @property {number} segment
 * @property {string} yours
 * @property {string} theirs
 *
 * @typedef {object} Question whose text stays
 * @property {string} id of the transcript
 * @property {boolean} send whether corrections are sent then
 * @property {number} revision the server's
 * @property {readonly Conflict[]} conflicts
 */

/**
 * How the text on show and the server's differ.
 * @type {import('@preact/signals-core').Signal<{ id: string, view: OriginalView } | null>}
 */
export const original = signal(/** @type {any} */ (null));
/** @type {import('@preact/signals-core').Signal<Question | null>} */
export const question = signal(/** @type {any} */ (null));
/** Something is on its way to the server, or from there. */
export const busy = signal(false);

/** Compare the text on show with the server's, when it is opened and whenever it has changed. */
export function startOriginals() {
  let timer = 0;
  let known = '';
  effect(() => {
    const { opened, searchable, status } = store;
    const summary = summaryOf(opened?.id ?? '');
    const { state, server } = summary?.job ?? {};
    const there = searchable && state === 'done' && server && server === status?.server?.origin;
    const id = there && opened?.transcript && !opened.early ? opened.id : '';
    const text = id && `${id} ${opened?.transcript?.revision}`;
    if (text === known) return;
    const isOther = id !== untracked(() => original.value?.id);
    known = text;
    clearTimeout(timer);
    if (isOther) original.value = null;
    if (id) timer = setTimeout(() => void compare(id, isOther), isOther ? 0 : PAUSE_MS);
  });
}

/** @param {string} id @param {boolean} ask the server too */
export async function compare(id, ask) {
  try {
    const request = { type: /** @type {const} */ ('get-original'), transcript_id: id };
    // What is known here comes at once, the server's answer when it answers.
    const here = await library.request({ ...request, ask: false });
    if (store.opened?.id !== id) return;
    const known = original.value?.id === id ? original.value.view : here;
    original.value = { id, view: { ...known, unsent: here.unsent } };
    if (!ask) return;
    const view = await library.request({ ...request, ask });
    if (store.opened?.id === id) original.value = { id, view };
  } catch {
    // Nobody has it, or an older tab has the library, which knows nothing of it.
    if (original.value?.id === id) original.value = null;
  }
}

/**
 * Bring the corrections of both sides together.
 * @param {string} id
 * @param {boolean} send false: only take in what was changed on the server
 * @param {Question | null} [asked]
 * @param {Record<string, 'mine' | 'theirs'>} [keep] the answers
 */
export async function synchronise(id, send, asked = null, keep = {}) {
  busy.value = true;
  try {
    const type = /** @type {const} */ ('synchronise');
    const request = { type, transcript_id: id, send, keep, revision: asked?.revision ?? null };
    const updated = await library.request(request);
    update(changed(updated));
    const name = serverName(summaryOf(id)?.job.server ?? '');
    note(send ? t.sent(name) : t.received(name));
    await compare(id, true);
  } catch (thrown) {
    const view = viewOf(thrown);
    if (view.type !== CONFLICT) return tellError(thrown);
    const { revision, conflicts } = JSON.parse(view.detail);
    question.value = { id, send, revision, conflicts };
  } finally {
    busy.value = false;
  }
}

/** Copy the recording of a text from the server. @param {string} id */
export async function fetchAudio(id) {
  busy.value = true;
  await attempt(async () => {
    update(kept(await library.request({ type: 'fetch-audio', transcript_id: id })));
  });
  busy.value = false;
  await compare(id, true);
}
