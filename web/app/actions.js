/** What the user can do, each as one request and what the page shows around it. */
/** @import { ExportFormat, Settings, TranscriptSummary } from '../generated/messages' */
/** @import { Opened, Rerun, State } from './store.js' */

import { exportByExtension } from './extensions.js';
import { addFile, settings } from './files.js';
import { library } from './library-client.js';
import { blobOf, saveFile } from './platform.js';
import { viewOf } from './request-error.js';
import { storedSentences } from './snapshot.js';
import { dropped, kept, shown, store, update, withAll } from './store.js';
import { copied } from './strings/notes.js';
import * as t from './strings/server.js';
import { note, tellError } from './toasts.js';

const PAGE_SIZE = 100;

/** Read everything the library knows that the page shows; done whenever it has started. */
export async function refresh() {
  try {
    const [status, list] = await Promise.all([
      library.request({ type: 'get-status' }),
      library.request({ type: 'list-transcripts', limit: PAGE_SIZE }),
    ]);
    const { transcripts, next } = list;
    const listed = new Set(transcripts.map(({ id }) => id));
    // What showed before Python was up may be gone meanwhile.
    if (!store.listed) update(dropped([...store.summaries.keys()].filter((id) => !listed.has(id))));
    update(kept(...transcripts));
    update({ status, statusStale: false, next, listed: true });
    changeOpened({ stale: true });
  } catch (thrown) {
    if (store.stage !== 'failed') tellError(thrown);
  }
}

/** Read the next page of the history. */
export async function moreHistory() {
  const before = store.next;
  if (!before) return;
  update({ next: '' });
  try {
    const list = await library.request({ type: 'list-transcripts', before, limit: PAGE_SIZE });
    update(kept(...list.transcripts));
    update({ next: list.next });
  } catch (thrown) {
    // "Show more" must still be there for another try.
    update({ next: before });
    tellError(thrown);
  }
}

/**
 * Show a transcript, or nothing.
 * @param {string | null} id
 * @param {number | null} [at_s]
 */
export function open(id, at_s = null) {
  const jump = at_s === null ? null : { at_s };
  update({ following: jump ? null : 'end' });
  if (!id) update({ opened: null });
  else if (store.opened?.id === id) changeOpened({ jump });
  else update({ opened: { id, transcript: null, error: null, stale: true, jump } });
}

/** Read the text of the transcript on show. @param {string} id */
export async function load(id) {
  changeOpened({ stale: false });
  void loadEarly(id);
  try {
    update(shown(await library.request({ type: 'get-transcript', transcript_id: id })));
  } catch (thrown) {
    const { opened, pending } = store;
    if (opened?.id !== id || opened.transcript || pending.has(id)) return;
    changeOpened({ error: viewOf(thrown) });
  }
}

/** What of a transcript is not stored for the search. */
const NOTHING_YET = { speakers: [], turns: [], highlights: [], redactions: [] };

/** Show the sentences that are stored for the search, if the library takes longer. @param {string} id */
async function loadEarly(id) {
  if (store.opened?.transcript) return;
  const segments = await storedSentences(id);
  const summary = store.summaries.get(id);
  if (!segments.length || !summary || store.opened?.id !== id || store.opened.transcript) return;
  const { name, created_at, language, language_probability, duration_s, model, task, tags } =
    summary;
  const facts = { name, created_at, language, language_probability, duration_s, model, task, tags };
  const transcript = { id, ...facts, segments, revision: 0, ...NOTHING_YET };
  changeOpened({ transcript, early: true });
}

/** @param {Partial<Opened>} over */
const changeOpened = (over) =>
  update(({ opened }) => ({ opened: opened && { ...opened, ...over } }));

/** @param {State['sort']} sort the order of the list; any but by date needs all of it */
export async function sortBy(sort) {
  update({ sort });
  while (store.sort !== 'date' && store.next) {
    const { next } = store;
    await moreHistory();
    if (store.next === next) return;
  }
}

/** Show what is known about a transcript, and its tags. @param {string} id */
export const openDetails = (id) => update({ details: id });

/** Show the settings, with the storage and the models as they are now. */
export function openSettings() {
  update({ settingsOpen: true });
  if (store.stage === 'ready') void refresh();
}

/**
 * Show the dialog for another run.
 * @param {TranscriptSummary} summary
 * @param {Rerun['part']} part
 */
export const openRerun = (summary, part) => update({ rerun: { summary, part } });

/** Show a recording as a reply of the library has it. @param {Promise<TranscriptSummary>} reply */
const show = (reply) => attempt(async () => update(kept(await reply)));

/** @param {string} transcript_id @param {'device' | 'server'} where */
export const move = (transcript_id, where) =>
  show(library.request({ type: 'move-job', transcript_id, where }));

/**
 * @param {'pause' | 'resume' | 'cancel' | 'prioritise'} type
 * @param {string} transcript_id
 */
export const steer = (type, transcript_id) => show(library.request({ type, transcript_id }));

/** @param {string} transcript_id @param {File} file */
export const provideFile = (transcript_id, file) =>
  show(library.request({ type: 'provide-file', transcript_id }, [file]));

/** @param {string} transcript_id @param {string} name */
export const rename = (transcript_id, name) =>
  show(library.request({ type: 'rename', transcript_id, name }));

/** @param {string} transcript_id @param {readonly string[]} tags */
export const setTags = (transcript_id, tags) =>
  show(library.request({ type: 'set-tags', transcript_id, tags: [...tags] }));

/** @param {string} origin @param {boolean} allowed */
export const allowServer = (origin, allowed) =>
  attempt(async () => {
    await library.request({ type: 'allow-server', origin, allowed });
  });

/** Answer whether recordings may go to the server that asked for them. @param {boolean} allowed */
export function answerServer(allowed) {
  const origin = store.serverNeeded?.origin;
  update({ serverNeeded: null });
  if (origin) void allowServer(origin, allowed);
}

/** Ask the server of the settings what it is; the answer is a sentence beside the button. */
export async function checkServer() {
  update({ serverCheck: t.asking, serverModels: [] });
  try {
    const { models } = await library.request({ type: 'check-server' });
    update({ serverCheck: t.connected(models), serverModels: models });
  } catch (thrown) {
    const { message, hint } = viewOf(thrown);
    update({ serverCheck: `${message} ${hint}` });
  }
}

/** @param {string} id a file the library could not take */
export function addAgain(id) {
  const pending = store.pending.get(id);
  if (pending) addFile(pending.file, pending.summary.name, {}, id).catch(() => {});
}

/** @param {string} id @param {ExportFormat} format */
export const download = (id, format) =>
  attempt(async () => {
    const file = await library.request({ type: 'export', transcript_id: id, format });
    saveFile(blobOf(file), file.name);
  });

/** @param {string} id @param {string} format of an extension */
export const downloadByExtension = (id, format) =>
  attempt(async () => {
    const file = await exportByExtension(id, format);
    saveFile(blobOf(file), file.name);
  });

/** @param {string} text */
export const copy = (text) =>
  attempt(async () => {
    await navigator.clipboard.writeText(text);
    note(copied);
  });

/** @param {boolean} approved */
export const answerDownload = (approved) =>
  attempt(async () => {
    const model = store.download?.model;
    update({ download: null });
    if (model) await library.request({ type: 'approve-download', model, approved });
  });

/** Changes made quickly one after the other must not undo each other. */
let changing = Promise.resolve();
/** @param {Partial<Settings>} over */
export function changeSettings(over) {
  changing = changing.then(() => attempt(() => saveSettings(over)));
  return changing;
}

/** @param {Partial<Settings>} over */
async function saveSettings(over) {
  const changed = { ...(await settings()), ...over };
  const saved = await library.request({ type: 'change-settings', settings: changed });
  update(({ status }) => ({ status: status && { ...status, settings: saved }, serverCheck: '' }));
}

/**
 * How long a recording of this length takes here, asked once a transcript.
 * @param {TranscriptSummary} summary
 */
export async function estimate({ id, job }) {
  const known = (/** @type {Record<string, number>} */ seconds) =>
    update(({ estimates }) => ({ estimates: withAll(estimates, [[id, seconds]]) }));
  known({});
  const answer = await library
    .request({ type: 'estimate', duration_s: job.duration_s })
    .catch(() => null);
  if (answer) known(answer.seconds_by_model);
}

/**
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T | undefined>} undefined where it failed, and the user was told why
 */
export async function attempt(work) {
  try {
    return await work();
  } catch (thrown) {
    tellError(thrown);
  }
}
