/** Changes of the text on show: made at once, taken back, made again. */
/** @import { Request, Updated } from '../generated/messages' */
import { attempt } from './actions.js';
import { library } from './library-client.js';
import { announce, reader } from './reader.js';
import { changed, steppedTo, store, summaryOf, until, update } from './store.js';
import * as t from './strings/editing.js';
import * as extension from './strings/extensions.js';
import { dismiss, note } from './toasts.js';

/**
 * @typedef {Extract<Request, { type: 'update' | 'assign-words' | 'undo' | 'redo' | 'replace'
 *   | 'replace-word' | 'restore-version' | 'apply-rule' }>} Change
 */

/**
 * Ask the library for a change of a text, and show it.
 * @param {Change} request
 * @returns {Promise<Updated | undefined>} undefined where it failed, and the user was told why
 */
export const change = (request) =>
  attempt(async () => {
    const updated = /** @type {Updated} */ (await library.request(request));
    const steps = request.type === 'undo' || request.type === 'redo';
    update(steps ? steppedTo(updated) : changed(updated));
    return updated;
  });

/** Take back the latest change of this visit. */
export const undo = () => step({ type: 'undo', transcript_id: store.opened?.id ?? '' });

/** Make the change again that was taken back. */
export const redo = () => step({ type: 'redo', transcript_id: store.opened?.id ?? '' });

/**
 * Say what was changed, and offer to take just that change back, until the text changes again.
 * @param {string} text
 * @param {string} transcript_id
 * @param {number} revision that the change made
 */
export function noteChange(text, transcript_id, revision) {
  const run = () => void step({ type: 'undo', transcript_id, revision });
  const id = note(text, { action: { label: t.undo, run } });
  const isOlder = () => (summaryOf(transcript_id)?.revision ?? 0) > revision;
  void until(isOlder).then(() => dismiss(id));
}

/** @param {Extract<Change, { type: 'undo' | 'redo' }>} request */
async function step(request) {
  const { type, transcript_id: id } = request;
  if (!id) return;
  const updated = await change(request);
  if (!updated) return;
  const { changes, what } = updated;
  if (!changes.length && !what)
    return void note(type === 'undo' ? t.nothingToUndo : t.nothingToRedo);
  note(what ? `${what}.` : type === 'undo' ? t.undone : t.redone);
  const first = changes[0]?.first;
  if (first === undefined || store.opened?.id !== id) return;
  await new Promise(requestAnimationFrame);
  const last = (store.opened.transcript?.segments.length ?? 1) - 1;
  await reader.value?.go(Math.min(first, last), { flash: true });
}

/** Put what was heard in the place of a corrected sentence. @param {number} segment */
export async function restoreHeard(segment) {
  const { id, transcript } = store.opened ?? {};
  const heard = transcript?.segments[segment]?.heard;
  if (!id || !transcript || heard === null || heard === undefined) return;
  const { revision } = transcript;
  const segments = { [segment]: heard };
  const done = await change({ type: 'update', transcript_id: id, segments, revision });
  if (done) announce(t.saved);
}

/** Change a text by a rule of an extension. @param {string} id @param {string} rule @param {string} title */
export async function applyRule(id, rule, title) {
  const done = await change({ type: 'apply-rule', transcript_id: id, rule });
  if (!done) return;
  if (!done.changes.length) return void note(extension.unchanged);
  noteChange(extension.applied(title), id, done.transcript.revision);
}
