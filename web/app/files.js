/** From files in the user's hand to jobs in the library. */
/** @import { ErrorView, Settings, TranscribeOptions } from '../generated/messages' */
/** @import { TranscriptSummary } from '../generated/messages' */
import { DEFAULT_OPTIONS, NEW_SUMMARY, READ_EXTENSIONS } from '../generated/constants.js';
import { addressOf } from './address.js';
import { titleOf } from './format.js';
import { library } from './library-client.js';
import { RequestError, viewOf } from './request-error.js';
import { dropped, kept, store, until, update, withAll } from './store.js';
import { withdrawnBeforeSaved } from './strings/errors.js';
import * as t from './strings/notes.js';
import { note, tellError } from './toasts.js';

/** @returns {Promise<Settings>} as soon as the library is up */
export const settings = () => until(() => store.status?.settings);

/**
 * The settings as options of one job, with what the caller chose on top.
 * @param {Settings} chosen
 * @param {Partial<TranscribeOptions>} [over]
 * @returns {TranscribeOptions}
 */
export function optionsFrom(chosen, over = {}) {
  const { model, language, task, words, where, voice_activity, prompt, follow_languages } = chosen;
  const own = { model, language, task, words, where, voice_activity, prompt, follow_languages };
  return { ...DEFAULT_OPTIONS, ...own, ...over };
}

/**
 * Add recordings and transcripts. A transcript and a recording of one name belong together. A
 * recording that the library has already is not transcribed before the user says so.
 * @param {Iterable<File>} files
 * @returns {Promise<unknown>} when the library has each of them, or has refused it
 */
export function addFiles(files) {
  const given = [...files];
  const transcripts = given.filter(isTranscript);
  const recordings = given.filter((file) => !isTranscript(file));
  const imports = transcripts.map((file) => {
    const at = recordings.findIndex((each) => stem(each.name) === stem(file.name));
    const [recording] = at < 0 ? [] : recordings.splice(at, 1);
    return importFile(file, recording).then(({ id }) => {
      if (given.length === 1 || (recording && given.length === 2)) location.hash = addressOf(id);
    }, tellError);
  });
  return Promise.all([...imports, ...addRecordings(recordings)]);
}

/** @param {{ name: string }} file */
const ending = ({ name }) => name.slice(name.lastIndexOf('.') + 1).toLowerCase();
/** @param {string} name */
const stem = (name) => name.replace(/\.[^.]*$/, '').normalize('NFC');
/** @param {File} file */
export const isTranscript = (file) =>
  READ_EXTENSIONS.includes(ending(file)) || store.readers.has(ending(file));

/**
 * Add a transcript that another program made; its recording is kept and not transcribed.
 * @param {Blob} file
 * @param {Blob} [recording]
 * @param {string} [name]
 * @returns {Promise<TranscriptSummary>}
 */
export function importFile(file, recording, name = file instanceof File ? file.name : '') {
  const files = recording ? [file, recording] : [file];
  return inTurn(() => library.request({ type: 'import-file', name }, files));
}

/**
 * Put the text of a file in the place of a recording's text.
 * @param {string} transcript_id
 * @param {Blob} file
 * @param {boolean} replace_corrections the user agreed
 * @param {string} [name]
 * @returns {Promise<TranscriptSummary>}
 */
export function replaceText(
  transcript_id,
  file,
  replace_corrections,
  name = file instanceof File ? file.name : '',
) {
  const request = { type: /** @type {const} */ ('replace-text'), transcript_id, name };
  return library.request({ ...request, replace_corrections }, [file]);
}

/** @param {File[]} files @returns {Promise<unknown>[]} */
function addRecordings(files) {
  // An address that was just set, or that the page was opened with, is on show in a moment.
  const reading = store.opened || location.hash.startsWith('#/t/');
  const given = [...files].map((file) => ({ file, id: crypto.randomUUID() }));
  const added = given.map(({ file, id }) =>
    // The row tells what went wrong.
    addFile(file, file.name, {}, id, true).catch(() => {}),
  );
  // Whoever has nothing to read wants to see the first words as they come.
  if (!reading && given[0]) location.hash = addressOf(given[0].id);
  else if (given.length > MANY) note(t.addedFiles(given.length));
  else if (reading) for (const { file, id } of given) noteAdded(id, file.name);
  return added;
}

/** @param {string} id @param {string} name */
function noteAdded(id, name) {
  const run = () => {
    location.hash = addressOf(id);
  };
  note(t.added(titleOf(name)), { action: { label: t.open, run } });
}

/** More files are told of together. */
const MANY = 3;

/** Files go over one after the other, so that the queue has the order they were given in. */
/** @type {Promise<unknown>} */
let before = Promise.resolve();
/** Ids of files whose user changed their mind. */
const withdrawn = new Set();

/**
 * The row shows at once; the file waits for the library if it must.
 * @param {Blob} file
 * @param {string} name
 * @param {Partial<TranscribeOptions>} [over]
 * @param {string} [id]
 * @param {boolean} [hold_double] a recording that the library has already waits; its row asks what
 *   to do
 * @returns {Promise<TranscriptSummary>} once its audio is safe on the device
 */
export async function addFile(
  file,
  name,
  over = {},
  id = crypto.randomUUID(),
  hold_double = false,
) {
  const summary = provisional(id, name);
  wait(summary, file);
  try {
    const added = await inTurn(async () => {
      const options = optionsFrom(await settings(), over);
      if (withdrawn.has(id)) throw cancelled(name);
      const type = /** @type {const} */ ('add-file');
      return library.request({ type, name, options, transcript_id: id, hold_double }, [file]);
    });
    if (withdrawn.has(id)) {
      await library.request({ type: 'remove', transcript_ids: [id] });
      throw cancelled(name);
    }
    if (store.pending.has(id)) update(kept(added));
    return added;
  } catch (thrown) {
    if (!withdrawn.has(id)) refused(summary, file, viewOf(thrown));
    throw thrown;
  }
}

/** @param {string} id a file that is not wanted after all, before the library has it */
export function withdraw(id) {
  withdrawn.add(id);
  update(dropped([id]));
}

/**
 * The row stays, with the reason, and with the file for another try.
 * @param {TranscriptSummary} summary
 * @param {Blob} file
 * @param {ErrorView} error
 */
function refused(summary, file, error) {
  const job = { ...summary.job, state: /** @type {const} */ ('failed'), error };
  wait({ ...summary, job, nothing_heard: true }, file);
}

/** @param {TranscriptSummary} summary @param {Blob} file */
const wait = (summary, file) =>
  update(({ pending }) => ({ pending: withAll(pending, [[summary.id, { summary, file }]]) }));

/**
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
function inTurn(work) {
  const turn = before.then(work);
  before = turn.catch(() => {});
  return turn;
}

/**
 * @param {string} id
 * @param {string} name
 * @returns {TranscriptSummary}
 */
function provisional(id, name) {
  const job = { ...NEW_SUMMARY.job, transcript_id: id };
  return { ...NEW_SUMMARY, id, name, created_at: new Date().toISOString(), job };
}

/** @param {string} name */
const cancelled = (name) =>
  new RequestError({ type: 'CancelledError', ...withdrawnBeforeSaved(name), detail: '' });
