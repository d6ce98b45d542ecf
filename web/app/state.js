/**
 * What the page shows, kept up to date by the library's events. Only data and who hears of it;
 * what the user can do is in `actions.js`.
 */
/** @import { BootStage, DownloadNeeded, ErrorView, Event as LibraryEvent } from '../generated/messages' */
/** @import { SearchResult, Segment, ServerNeeded, Settings, Status } from '../generated/messages' */
/** @import { Transcript, TranscriptSummary } from '../generated/messages' */
/** @import { Toast } from './toast-list.js' */
import { RUNNING, UNFINISHED } from '../generated/constants.js';

/**
 * @typedef {'boot' | 'library' | 'transcript' | 'search' | 'status' | 'toasts' | 'download'
 *   | 'server' | 'offline'} Topic
 * @typedef {object} Pending a file the library has not yet confirmed
 * @property {TranscriptSummary} summary
 * @property {Blob} file
 * @property {ErrorView | null} error
 * @typedef {object} Opened the transcript on show
 * @property {string} id
 * @property {Transcript | null} transcript
 * @property {ErrorView | null} error
 * @property {number | null} at_s where to look, once
 */

export class State extends EventTarget {
  /** @type {BootStage} */
  stage = 'starting';
  /** @type {ErrorView | null} */
  bootError = null;
  /** @type {Status | null} */
  status = null;
  /** @type {Map<string, TranscriptSummary>} */
  summaries = new Map();
  /** @type {Map<string, Pending>} */
  pending = new Map();
  /** The first page of the history came from the library, not only from the snapshot. */
  listed = false;
  /** Cursor of the next page of the history. */
  next = '';
  /** @type {Opened | null} */
  opened = null;
  query = '';
  /** Which recordings search and history show; empty: all. */
  filter = { language: '', tag: '' };
  /** @type {SearchResult | null} */
  found = null;
  /** @type {ErrorView | null} */
  searchError = null;
  /** @type {Toast[]} */
  toasts = [];
  /** @type {DownloadNeeded | null} */
  download = null;
  /** @type {ServerNeeded | null} */
  serverNeeded = null;
  /** What the last look at the server told. */
  serverCheck = '';
  /** @type {Settings | null} as the library last wrote them, until it is up itself */
  stored = null;
  /** @type {'device' | 'server'} */
  searchPlace = 'device';
  /** Estimated seconds by model for a long recording, by transcript. */
  /** @type {Map<string, Record<string, number>>} */
  estimates = new Map();
  offline = { ready: false, update: false };
  /** When the library last said how long a transcript will take, by the page's own clock. */
  /** @type {Map<string, number>} */
  #estimated = new Map();

  /** @param {Topic[]} topics */
  changed(...topics) {
    for (const topic of topics) this.dispatchEvent(new Event(topic));
  }

  /** @param {LibraryEvent} event */
  apply(event) {
    switch (event.type) {
      case 'boot-changed':
        this.stage = event.stage;
        this.bootError = event.error;
        this.changed('boot');
        break;
      case 'transcript-changed':
        this.keep(event.transcript);
        break;
      case 'segments-saved':
        this.#append(event.transcript_id, event.first, event.segments);
        break;
      case 'transcripts-removed':
        this.drop(event.transcript_ids);
        break;
      case 'download-needed':
        this.download = event;
        this.changed('download');
        break;
      case 'server-needed':
        this.serverNeeded = event;
        this.changed('server');
        break;
      case 'status-changed':
        this.status = event.status;
        this.changed('status');
        break;
    }
    this.dispatchEvent(new CustomEvent('event', { detail: event }));
  }

  /** @param {TranscriptSummary} summary */
  keep(summary) {
    const { id, job } = summary;
    this.pending.delete(id);
    if (this.summaries.get(id)?.job.remaining_s !== job.remaining_s) {
      this.#estimated.set(id, performance.now());
    }
    this.summaries.set(id, summary);
    if (this.download && summary.job.loaded_bytes > 0) this.clearDownload();
    const opened = this.opened?.id === summary.id ? this.opened : null;
    if (opened?.transcript) {
      const { name, language, language_probability, duration_s, model, task, tags } = summary;
      opened.transcript = {
        ...opened.transcript,
        ...{ name, language, language_probability, duration_s, model, task, tags },
      };
    }
    this.changed('library', ...(opened ? /** @type {const} */ (['transcript']) : []));
  }

  /** @param {string} id @returns {number} seconds since its time left was estimated */
  sinceEstimate(id) {
    return (performance.now() - (this.#estimated.get(id) ?? performance.now())) / 1000;
  }

  /** @param {readonly string[]} ids */
  drop(ids) {
    for (const id of ids) {
      this.summaries.delete(id);
      this.pending.delete(id);
      this.estimates.delete(id);
      this.#estimated.delete(id);
    }
    if (this.opened && ids.includes(this.opened.id)) {
      this.opened = null;
      this.changed('transcript');
    }
    this.changed('library');
  }

  /** A server's library can be searched too. */
  get searchable() {
    const server = this.status?.server;
    return server?.kind === 'earwitness' && server.allowed;
  }

  /** Where the search looks now. */
  get searchIn() {
    return this.searchable ? this.searchPlace : 'device';
  }

  clearServerNeeded() {
    this.serverNeeded = null;
    this.changed('server');
  }

  clearDownload() {
    this.download = null;
    this.changed('download');
  }

  /** @param {Transcript} transcript */
  show(transcript) {
    if (this.opened?.id !== transcript.id) return;
    this.opened.transcript = transcript;
    this.opened.error = null;
    this.changed('transcript');
  }

  /**
   * @param {string} id
   * @returns {TranscriptSummary | undefined}
   */
  summary(id) {
    return this.pending.get(id)?.summary ?? this.summaries.get(id);
  }

  /** Every tag in use. */
  get tags() {
    return [...new Set([...this.summaries.values()].flatMap(({ tags }) => tags))].sort();
  }

  /** Every language heard. */
  get languages() {
    return [...new Set([...this.summaries.values()].flatMap(({ language }) => language ?? []))];
  }

  /** Whether the filter leaves anything out. */
  get filtered() {
    return Boolean(this.filter.language || this.filter.tag);
  }

  /** What is on its way, in the order in which it will be done. */
  get queue() {
    const rank = (/** @type {TranscriptSummary} */ { job }) =>
      RUNNING.has(job.state) ? -1 : job.queue_position || 1e6;
    const known = [...this.summaries.values()].filter(({ job }) => UNFINISHED.has(job.state));
    known.sort((a, b) => rank(a) - rank(b) || older(a, b));
    return [...known, ...this.#coming.filter(({ job }) => UNFINISHED.has(job.state))];
  }

  /** Everything else that the filter lets through, newest first. */
  get history() {
    const { language, tag } = this.filter;
    const list = [...this.summaries.values(), ...this.#coming].filter(
      (each) =>
        !UNFINISHED.has(each.job.state) &&
        (!language || each.language === language) &&
        (!tag || each.tags.includes(tag)),
    );
    return list.sort((a, b) => older(b, a));
  }

  /** Of files that the library has not confirmed, refused ones too. */
  get #coming() {
    return [...this.pending.values()].map((each) => each.summary);
  }

  /**
   * Fires `gap` when what comes before is not here.
   * @param {string} id
   * @param {number} first
   * @param {readonly Segment[]} segments
   */
  #append(id, first, segments) {
    const transcript = this.opened?.id === id ? this.opened?.transcript : null;
    if (!transcript) return;
    if (first > transcript.segments.length) {
      this.dispatchEvent(new Event('gap'));
      return;
    }
    const kept = transcript.segments.slice(0, first);
    this.show({ ...transcript, segments: [...kept, ...segments] });
  }
}

/** @param {TranscriptSummary} a @param {TranscriptSummary} b */
function older(a, b) {
  return a.created_at.localeCompare(b.created_at) || a.id.localeCompare(b.id);
}

export const state = new State();
