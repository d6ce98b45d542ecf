/** What the user can do, each as one request and what the page shows around it. */
/** @import { ExportFormat, Hit, Settings, TranscriptSummary } from '../generated/messages' */
/** @import { State } from './state.js' */

import { addressOf } from './address.js';
import { addFile, settings } from './files.js';
import { library } from './library-client.js';
import { viewOf } from './request-error.js';
import { state } from './state.js';
import { note, tellError } from './toast-list.js';

const PAGE_SIZE = 100;

/** Everything the library knows that the page shows; asked again whenever it has started. */
export async function refresh() {
  try {
    const [status, list] = await Promise.all([
      library.request({ type: 'get-status' }),
      library.request({ type: 'list-transcripts', limit: PAGE_SIZE }),
    ]);
    state.status = status;
    const listed = new Set(list.transcripts.map(({ id }) => id));
    if (!state.listed) {
      state.drop([...state.summaries.keys()].filter((id) => !listed.has(id)));
    }
    state.listed = true;
    state.next = list.next;
    list.transcripts.forEach((each) => {
      state.keep(each);
    });
    state.changed('status', 'library');
    if (state.opened && !state.pending.has(state.opened.id)) await load(state.opened.id);
  } catch (thrown) {
    if (state.stage !== 'failed') tellError(thrown);
  }
}

export async function moreHistory() {
  const before = state.next;
  if (!before) return;
  state.next = '';
  try {
    const list = await library.request({ type: 'list-transcripts', before, limit: PAGE_SIZE });
    state.next = list.next;
    list.transcripts.forEach((each) => {
      state.keep(each);
    });
  } catch (thrown) {
    // "Show more" must still be there for another try.
    state.next = before;
    tellError(thrown);
    state.changed('library');
  }
}

/**
 * Show a transcript, or nothing.
 * @param {string | null} id
 * @param {number | null} [at_s]
 */
export function open(id, at_s = null) {
  if (!id) {
    state.opened = null;
  } else if (state.opened?.id === id) {
    state.opened.at_s = at_s;
  } else {
    state.opened = { id, transcript: null, error: null, at_s };
    if (!state.pending.has(id)) void load(id);
  }
  state.changed('transcript', 'library');
}

/** A transcript may be opened while its file is still on its way to the library. */
state.addEventListener('library', () => {
  const { id, transcript, error } = state.opened ?? {};
  if (id && !transcript && !error && loading !== id && state.summaries.has(id)) void load(id);
});

state.addEventListener('gap', () => {
  if (state.opened && !state.pending.has(state.opened.id)) void load(state.opened.id);
});

let loading = '';
/** @param {string} id */
async function load(id) {
  loading = id;
  try {
    state.show(await library.request({ type: 'get-transcript', transcript_id: id }));
  } catch (thrown) {
    if (state.opened?.id !== id || state.opened.transcript || state.pending.has(id)) return;
    state.opened.error = viewOf(thrown);
    state.changed('transcript');
  } finally {
    loading = '';
  }
}

let searches = 0;
/** @param {string} query as typed so far; only the newest answer is shown */
export async function search(query) {
  const mine = ++searches;
  state.query = query;
  state.searchError = null;
  if (!query.trim()) state.found = null;
  state.changed('search');
  if (!query.trim()) return;
  try {
    const where = { where: state.searchIn, ...state.filter };
    const found = await library.request({ type: 'search', query, limit: 100, ...where });
    if (mine !== searches) return;
    state.found = found;
  } catch (thrown) {
    if (mine !== searches) return;
    state.searchError = viewOf(thrown);
  }
  state.changed('search');
}

/** @param {'device' | 'server'} place */
export function searchIn(place) {
  state.searchPlace = place;
  state.found = null;
  void search(state.query);
}

/**
 * A hit on the server: its transcript is copied into this library, then shown.
 * @param {Hit} hit
 */
export const openFromServer = ({ transcript_id, segment, start_s }) =>
  attempt(async () => {
    const summary = await library.request({ type: 'copy-transcript', transcript_id });
    state.keep(summary);
    location.hash = addressOf(summary.id, segment === null ? null : start_s);
  });

/** @param {string} id @param {'device' | 'server'} where */
export const move = (id, where) =>
  attempt(async () =>
    state.keep(await library.request({ type: 'move-job', transcript_id: id, where })),
  );

/** @param {string} origin @param {boolean} allowed */
export const allowServer = (origin, allowed) =>
  attempt(async () => {
    await library.request({ type: 'allow-server', origin, allowed });
  });

/** What the server says, in a sentence beside the button. */
export async function checkServer() {
  const say = (/** @type {string} */ text) => {
    state.serverCheck = text;
    state.changed('status');
  };
  say('Asking …');
  try {
    const { origin, kind, models } = await library.request({ type: 'check-server' });
    const what = kind === 'openai' ? 'OpenAI’s API' : 'an Earwitness server';
    say(`${origin} answers: ${what} with ${models.join(', ') || 'no models'}.`);
  } catch (thrown) {
    const { message, hint } = viewOf(thrown);
    say(`${message} ${hint}`);
  }
}

/** Only recordings in this language, or with this tag. @param {Partial<State['filter']>} over */
export function filter(over) {
  state.filter = { ...state.filter, ...over };
  state.changed('library');
  void search(state.query);
}

/**
 * @param {'pause' | 'resume' | 'cancel' | 'prioritise'} type
 * @param {string} id
 */
export const steer = (type, id) =>
  attempt(async () => state.keep(await library.request({ type, transcript_id: id })));

/** @param {string} id a file the library could not take */
export function addAgain(id) {
  const pending = state.pending.get(id);
  if (pending) addFile(pending.file, pending.summary.name, {}, id).catch(() => {});
}

/** @param {string} id @param {File} file */
export const provideFile = (id, file) =>
  attempt(async () =>
    state.keep(await library.request({ type: 'provide-file', transcript_id: id }, [file])),
  );

/** @param {string} id @param {string} name */
export const rename = (id, name) =>
  attempt(async () =>
    state.keep(await library.request({ type: 'rename', transcript_id: id, name })),
  );

/** @param {string} id @param {readonly string[]} tags */
export const setTags = (id, tags) =>
  attempt(async () =>
    state.keep(await library.request({ type: 'set-tags', transcript_id: id, tags: [...tags] })),
  );

/**
 * @param {string} id
 * @param {number} segment
 * @param {string} text
 * @returns {Promise<true | undefined>} true when it is saved
 */
export const editSegment = (id, segment, text) =>
  attempt(async () => {
    state.show(await library.request({ type: 'edit-segment', transcript_id: id, segment, text }));
    return /** @type {const} */ (true);
  });

/** @param {string} id @param {ExportFormat} format */
export const download = (id, format) =>
  attempt(async () => {
    const file = await library.request({ type: 'export', transcript_id: id, format });
    saveFile(new Blob([file.text], { type: file.media_type }), file.name);
  });

/** Hand a file to the browser's downloads. @param {Blob} file @param {string} name */
export function saveFile(file, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** @param {string} text */
export const copy = (text) =>
  attempt(async () => {
    await navigator.clipboard.writeText(text);
    note('Copied.');
  });

/** @param {boolean} approved */
export const answerDownload = (approved) =>
  attempt(async () => {
    const model = state.download?.model;
    state.clearDownload();
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
  if (state.status) state.status = { ...state.status, settings: saved };
  state.serverCheck = '';
  state.changed('status');
}

/**
 * How long a recording of this length takes here, asked once a transcript.
 * @param {TranscriptSummary} summary
 */
export async function estimate({ id, job }) {
  if (state.estimates.has(id)) return;
  state.estimates.set(id, {});
  const answer = await library
    .request({ type: 'estimate', duration_s: job.duration_s })
    .catch(() => null);
  if (!answer) return;
  state.estimates.set(id, answer.seconds_by_model);
  state.changed('library');
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
