/**
 * `window.earwitness`: for the console, for scripts on the page, for tests. Results are plain
 * JSON in the shapes of `py/earwitness/transcript.py`; failures reject with a `RequestError`.
 */
/** @import { ChangedHighlight, ExportOptions, ExtensionView, Hit } from '../generated/messages' */
/** @import { JobView, MoveEdges, NewHighlight, Request } from '../generated/messages' */
/** @import { ReplacedEverywhere } from '../generated/messages' */
/** @import { SplitAt, TextVersion, TranscribeOptions, Transcript } from '../generated/messages' */
/** @import { TranscriptSummary, Updated } from '../generated/messages' */
/** @import { Part, Parts } from './audio-export.js' */
import { DEFAULT_EXPORT, FINDING_SPEAKERS } from '../generated/constants.js';
import { addressOf } from './address.js';
import { exportAudio, isAudioFormat } from './audio-export.js';
import {
  addExtension,
  enableExtension,
  exportByExtension,
  isExportFormat,
  listExtensions,
  removeExtension,
} from './extensions.js';
import { addFile, importFile, replaceText, withdraw } from './files.js';
import { openAddressed } from './input.js';
import { library } from './library-client.js';
import { blobOf } from './platform.js';
import { playFrom } from './play-part.js';
import { playback } from './playback.js';
import { readable } from './reader.js';
import { makeRedactionsFinal } from './redactions.js';
import { RequestError } from './request-error.js';
import {
  changed,
  outdated,
  steppedTo,
  store,
  until,
  untracked,
  update as updateStore,
} from './store.js';
import { nothingOpen, transcriptionCancelled, transcriptionDeleted } from './strings/errors.js';

/**
 * @typedef {Transcript & { text: string }} FinishedTranscript
 * @typedef {Partial<TranscribeOptions> & { name?: string, signal?: AbortSignal,
 *   onprogress?: (job: JobView) => void }} ApiOptions
 *
 * @typedef {Pick<NewHighlight, 'start_s' | 'end_s'> & Partial<NewHighlight>} AddedHighlight
 *
 * @typedef {object} AudioChoice what of a recording's sound is exported
 * @property {number} [from_s]
 * @property {number} [to_s]
 * @property {readonly Part[]} [parts] several, one behind the other in the file
 * @property {boolean} [highlights_only] what is highlighted, in order
 * @property {AbortSignal} [signal]
 * @property {(at_s: number) => void} [onprogress] called with how much of the recording was read
 *
 * @typedef {object} Changes of segments and highlights; indices and characters are those before the change
 * @property {Record<number, string>} [segments] new texts
 * @property {Record<number, string | null>} [speakers] names; null: nobody known
 * @property {SplitAt[]} [split]
 * @property {number[]} [join] segments that become one with the next
 * @property {MoveEdges[]} [move]
 * @property {Record<number, [number | null, number | null]>} [edges] start and end of segments, in
 *   seconds; null: as before
 * @property {number[]} [delete]
 * @property {{ add?: AddedHighlight[], change?: Record<string, Partial<ChangedHighlight>>,
 *   remove?: string[] }} [highlights] `change` and `remove` name them by their ids
 * @property {{ segment: number, from_char: number, to_char: number }[]} [redact] words that no text
 *   has until they are shown again
 * @property {string[]} [unredact] ids of redactions
 * @property {Record<number, boolean>} [paragraphs] whether a paragraph begins with a segment in any case
 * @property {number} [revision] of the transcript that the indices are of
 */

/** @param {Transcript} transcript @returns {FinishedTranscript} */
function withText(transcript) {
  const lines = transcript.segments.map((segment) => segment.text.trim());
  return { ...transcript, text: lines.join('\n') };
}

/** @param {string} id */
const get = async (id) =>
  withText(await library.request({ type: 'get-transcript', transcript_id: id }));

/**
 * @param {Blob} file a File or any other Blob with audio or video
 * @param {ApiOptions} [options]
 * @returns {Promise<FinishedTranscript>} when every word is saved
 */
async function transcribe(file, options = {}) {
  const { name, signal, onprogress, ...over } = options;
  const given = name ?? (file instanceof File ? file.name : 'Recording');
  const id = crypto.randomUUID();
  signal?.throwIfAborted();
  let cancel = () => {};
  /** @type {Promise<never>} */
  const aborted = new Promise((_, reject) => {
    cancel = () => {
      if (store.pending.has(id)) reject(signal?.reason);
      else library.request({ type: 'cancel', transcript_id: id }).catch(() => {});
    };
  });
  signal?.addEventListener('abort', cancel);
  try {
    const outcome = finished(id, onprogress);
    const added = addFile(file, given, over, id);
    await Promise.race([added.then(() => outcome), outcome, aborted]);
  } catch (thrown) {
    // A file that the library does not have would wait for another start of it.
    if (store.pending.has(id)) withdraw(id);
    signal?.throwIfAborted();
    throw thrown;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
  return get(id);
}

/**
 * @param {string} id
 * @param {ApiOptions['onprogress']} onprogress
 * @returns {Promise<void>} when the job is done; rejects when it ends otherwise
 */
async function finished(id, onprogress) {
  /** @type {JobView | undefined} */
  let known;
  const tell = (/** @type {JobView} */ job) => {
    try {
      untracked(() => onprogress?.(job));
    } catch (thrown) {
      reportError(thrown);
    }
  };
  const job = await until(() => {
    const pending = store.pending.has(id);
    if (pending && store.stage === 'failed' && store.bootError) {
      throw new RequestError(store.bootError);
    }
    const job = pending ? undefined : store.summaries.get(id)?.job;
    if (!job && known) throw cancelled(transcriptionDeleted);
    if (!job || job === known) return null;
    known = job;
    tell(job);
    return ENDS.has(job.state) && !findsSpeakers(id) && job;
  });
  if (job.state === 'done') return;
  throw job.error ? new RequestError(job.error) : cancelled(transcriptionCancelled);
}

/**
 * Show a transcript.
 * @param {string} id
 * @param {{ at_s?: number, play?: boolean }} [where] the place to bring into view; with `play` its
 *   sound is played as well, if it is kept
 * @returns {Promise<void>} when the place can be read in the window; rejects with the reason if there
 *   is no such transcript
 */
async function open(id, { at_s, play = false } = {}) {
  const address = addressOf(id, at_s ?? null);
  if (location.hash !== address) history.pushState(null, '', address);
  openAddressed();
  await until(() => {
    const { opened } = store;
    if (opened?.id === id && opened.error) throw new RequestError(opened.error);
    if (opened?.transcript?.id === id && !opened.transcript.segments.length) return true;
    return readable.value?.id === id && readable.value.jump === (opened?.jump ?? null);
  });
  if (!play || !store.summaries.get(id)?.audio_kept) return;
  await playFrom(id, at_s ?? store.position_s ?? 0);
}

/**
 * @template T, R
 * @param {T[]} items
 * @param {(item: T) => Promise<R>} work
 */
async function inOrder(items, work) {
  /** @type {R[]} */
  const done = [];
  for (const item of items) done.push(await work(item));
  return done;
}

/**
 * Make a change, and show it where its transcript is open.
 * @param {Promise<Updated>} request
 */
async function change(request) {
  updateStore(changed(await request));
}

/**
 * @param {Promise<readonly ExtensionView[]>} request
 * @returns {Promise<ExtensionView[]>}
 */
const extensionsAfter = async (request) => [...(await request)];

const FIND_LITERALLY = {
  match_case: false,
  whole_words: false,
  regular_expression: false,
  across_segments: true,
};
/** Later than any recording ends. */
const ENDLESS_S = 1e8;

/** @param {AudioChoice} [choice] @returns {Parts} */
function partsOf({ parts, from_s, to_s, highlights_only } = {}) {
  if (highlights_only) return 'highlights';
  if (parts) return parts;
  return from_s === undefined && to_s === undefined ? [] : [[from_s ?? 0, to_s ?? ENDLESS_S]];
}

/** @param {string | undefined} id @returns {string} */
function opened(id) {
  const known = id ?? store.opened?.id;
  if (!known) throw new RequestError({ type: 'NotFoundError', ...nothingOpen, detail: '' });
  return known;
}

const ENDS = new Set(['done', 'failed', 'cancelled', 'needs-file']);

/** @param {string} id @returns {boolean} whether speakers are told apart, now that the words are there */
function findsSpeakers(id) {
  const { job, speaker_job } = store.summaries.get(id) ?? {};
  if (job?.state !== 'done' || !speaker_job) return false;
  return FINDING_SPEAKERS.has(speaker_job.state);
}

/** @param {{ message: string, hint: string }} words */
const cancelled = (words) => new RequestError({ type: 'CancelledError', ...words, detail: '' });

/** What the player of the transcript on show does. */
const player = Object.freeze({
  /** Play, once the audio is here. @param {number} [at_s] without it: go on */
  play: (at_s) => (at_s === undefined ? playback.resume() : playback.playFrom(at_s)),
  pause: () => playback.pause(),
  get time_s() {
    return playback.position_s;
  },
  /** 0 while it is not known. */
  get duration_s() {
    return store.player.length_s;
  },
});

export const earwitness = Object.freeze({
  /** @returns {Promise<void>} settled by the start that is going on */
  get ready() {
    const up = until(() => {
      if (store.stage === 'failed' && store.bootError) throw new RequestError(store.bootError);
      return store.stage === 'ready';
    });
    return up.then(() => {});
  },
  transcribe,
  get,
  open,
  player,

  /**
   * @param {string} query
   * @param {{ limit?: number, language?: string, tag?: string, transcript_id?: string }} [options]
   * @returns {Promise<Hit[]>} best first
   */
  async search(query, options = {}) {
    return (await library.request({ type: 'search', query, ...options })).hits;
  },

  /** @returns {Promise<TranscriptSummary[]>} all of them, newest first */
  async list() {
    const all = [];
    let before = '';
    do {
      const page = await library.request({ type: 'list-transcripts', before, limit: 500 });
      all.push(...page.transcripts);
      before = page.next;
    } while (before);
    return all;
  },

  /**
   * @param {string} id
   * @param {string} format one of Earwitness or of an extension
   * @param {Partial<ExportOptions> & AudioChoice} [choice]
   * @returns {Promise<Blob>}
   */
  async export(id, format, choice) {
    if (isAudioFormat(format)) return exportAudio(id, format, partsOf(choice), choice);
    if (!isExportFormat(format)) return blobOf(await exportByExtension(id, format));
    const request = { type: /** @type {const} */ ('export'), transcript_id: id, format };
    // A tab of 0.1.0, which may hold the library during an update, knows no options.
    const options = choice && { ...DEFAULT_EXPORT, ...choice };
    const file = await library.request(options ? { ...request, options } : request);
    return blobOf(file);
  },

  /**
   * Add transcripts that other programs made: subtitles, texts, Word documents, JSON.
   * @template {Blob | Blob[]} T
   * @param {T} files
   * @param {{ name?: string, recording?: Blob, into?: string }} [options] of one file; `into`: the
   *   id of a recording whose text it replaces, which is its previous version then
   * @returns {Promise<T extends Blob[] ? FinishedTranscript[] : FinishedTranscript>}
   */
  async import(files, { name, recording, into } = {}) {
    const one = async (/** @type {Blob} */ file) =>
      get(
        (await (into ? replaceText(into, file, true, name) : importFile(file, recording, name))).id,
      );
    const made = Array.isArray(files) ? await inOrder(files, one) : await one(files);
    return /** @type {any} */ (made);
  },

  /**
   * Change a text by a rule of an extension; one undo takes it back.
   * @param {string} id
   * @param {string} rule its name in `extensions.list()`
   */
  async apply(id, rule) {
    await change(library.request({ type: 'apply-rule', transcript_id: id, rule }));
  },

  /** Packages of Python that add formats and rules. */
  extensions: Object.freeze({
    /** @param {File | File[]} files a wheel or a module, then wheels that it depends on */
    add: (files) => extensionsAfter(addExtension([files].flat())),
    list: () => extensionsAfter(listExtensions()),
    /** @param {string} name @param {boolean} on */
    enable: (name, on) => extensionsAfter(enableExtension(name, on)),
    /** @param {string} name */
    remove: (name) => extensionsAfter(removeExtension(name)),
  }),

  /**
   * Change segments and highlights, all at once; resolves when the change is saved and shown.
   * @param {string} id
   * @param {Changes} changes
   */
  async update(id, { edges = {}, move = [], ...changes }) {
    const moved = Object.entries(edges).map(([segment, [start_s, end_s]]) => ({
      segment: Number(segment),
      start_s,
      end_s,
    }));
    const request = { type: 'update', transcript_id: id, ...changes, move: [...move, ...moved] };
    // The library has the defaults of what a script leaves out.
    await change(library.request(/** @type {Extract<Request, { type: 'update' }>} */ (request)));
  },

  /**
   * Replace text in many transcripts, as one change; `undo` of any of them takes all of it back.
   * @param {object} what
   * @param {string} what.find
   * @param {string} what.replace
   * @param {boolean} [what.match_case]
   * @param {boolean} [what.whole_words]
   * @param {boolean} [what.regular_expression] `find` is one, in Python's syntax
   * @param {readonly string[]} [what.ids] default: all transcripts
   * @returns {Promise<ReplacedEverywhere>}
   */
  async replace({ find, replace, ids = [], ...how }) {
    const query = { ...FIND_LITERALLY, ...how, text: find };
    const type = /** @type {const} */ ('find-everywhere');
    const asked = { type, query, replacement: replace, transcript_ids: [...ids] };
    const { recordings } = await library.request(asked);
    const done = await library.request({
      type: 'replace-everywhere',
      query,
      replacement: replace,
      recordings: recordings.map(({ transcript_id, revision }) => ({ transcript_id, revision })),
    });
    updateStore(outdated);
    return done;
  },

  /** Take back the latest change of this visit. @param {string} [id] default: the open one */
  async undo(id) {
    updateStore(steppedTo(await library.request({ type: 'undo', transcript_id: opened(id) })));
  },

  /** Make the change again that was taken back. @param {string} [id] default: the open one */
  async redo(id) {
    updateStore(steppedTo(await library.request({ type: 'redo', transcript_id: opened(id) })));
  },

  /** @param {string} id @returns {Promise<readonly TextVersion[]>} newest first */
  async versions(id) {
    return (await library.request({ type: 'list-versions', transcript_id: id })).versions;
  },

  /** @param {string} id @param {number} version */
  async restoreVersion(id, version) {
    await change(library.request({ type: 'restore-version', transcript_id: id, version }));
  },

  /**
   * Delete the words of all redactions, the versions of the text, and the recording with these words.
   * @param {string} id
   * @returns {Promise<{ server: string }>} the server that still has the words; empty: none
   */
  async makeRedactionsFinal(id) {
    return { server: await makeRedactionsFinal(id) };
  },

  /** Into the bin; the page can restore it for 30 days. @param {string} id */
  async remove(id) {
    await library.request({ type: 'remove', transcript_ids: [id] });
  },

  /** Answers without waiting for Python, also when it could not start. */
  async status() {
    const { stage, bootError } = store;
    // Right after the start nobody has asked for it yet, and the last library may have been another
    // version's.
    const asked = stage === 'ready' && (!store.status || store.statusStale);
    const status = asked ? await library.request({ type: 'get-status' }) : store.status;
    return {
      stage,
      error: bootError,
      engine: status?.engine ?? 'off',
      device: status?.device ?? 'unknown',
      threads: status?.threads ?? 0,
      isolated: globalThis.crossOriginIsolated,
      leading: library.leading,
      offline: store.offlineReady,
      storage: {
        used_bytes: status?.storage_used_bytes ?? 0,
        quota_bytes: status?.storage_quota_bytes ?? 0,
        persisted: status?.persisted ?? false,
      },
      marks_ms: status?.marks_ms ?? {},
      version: status?.version ?? __BUILD__.version,
    };
  },
});
