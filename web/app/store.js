/**
 * What the page shows. Elements and effects read `store`; `update` alone changes it, and whatever
 * read a part that changed runs again. What the user can do is in `actions.js`.
 */
/** @import { AudioFormat, ExtensionView, FormatOfExtension, RuleOfExtension } from '../generated/messages' */
/** @import { BootStage, DownloadNeeded, ErrorView, Event as LibraryEvent } from '../generated/messages' */
/** @import { Hit, SearchResult, Segment, ServerNeeded, Settings, Status } from '../generated/messages' */
/** @import { Transcript, TranscriptSummary, Updated } from '../generated/messages' */
import { batch, computed, effect, signal, untracked } from '@preact/signals-core';
import { RUNNING, UNFINISHED, UNNAMED } from '../generated/constants.js';
import { momentsOf } from './date-filter.js';

/**
 * @typedef {object} Pending a file that the library has not confirmed yet
 * @property {TranscriptSummary} summary
 * @property {Blob} file
 *
 * @typedef {object} Opened the transcript on show
 * @property {string} id
 * @property {Transcript | null} transcript
 * @property {ErrorView | null} error
 * @property {boolean} stale it must be read from the library
 * @property {boolean} [early] its words are still on their way: only its sentences are known
 * @property {{ at_s: number } | null} jump where to look, once for each object
 *
 * @typedef {object} Toast a short note at the edge of the page
 * @property {number} id
 * @property {string} text
 * @property {string} hint
 * @property {'note' | 'error'} kind
 * @property {boolean} brief it passes by itself
 * @property {{ label: string, run: () => void, stays?: boolean } | null} action `stays`: so does
 *   the note when the user has chosen it
 * @property {() => void} [dismissed] the user has put it away
 *
 * @typedef {'yes' | 'no' | ''} Answer the button that was chosen; empty: closed in another way
 *
 * @typedef {object} Rerun the dialog for another run
 * @property {TranscriptSummary} summary
 * @property {{ start_s: number, end_s: number } | null} part null: all of the recording
 *
 * @typedef {object} Question the dialog that asks before something is lost
 * @property {ErrorView} view
 * @property {string} yes what agreeing is called
 * @property {string} [no] what the other button is called; without it "Cancel"
 * @property {boolean} [danger] agreeing cannot be undone
 * @property {(answer: Answer) => void} answer
 *
 * @typedef {object} PassphraseQuestion the dialog that asks for the passphrase of a backup
 * @property {boolean} wrong the last one did not fit
 * @property {(passphrase: string | null) => void} answer null: the user thought better of it
 *
 * @typedef {object} Player
 * @property {string} id the transcript whose audio is loaded or on its way
 * @property {boolean} ready
 * @property {boolean} paused
 * @property {boolean} waiting the place to play is not there yet
 * @property {number} length_s
 * @property {number} speed
 * @property {string} file_url of the recording, where it may have a picture
 * @property {Uint8Array | null} peaks one each 20 ms, as square roots; null until all are known
 *
 * @typedef {object} State
 * @property {BootStage} stage
 * @property {ErrorView | null} bootError
 * @property {Status | null} status
 * @property {boolean} statusStale the library has started anew since
 * @property {Settings | null} stored the settings as last written, until the library is up
 * @property {ReadonlyMap<string, TranscriptSummary>} summaries
 * @property {ReadonlyMap<string, Pending>} pending
 * @property {boolean} listed the first page of the history came from the library itself
 * @property {string} next cursor of the next page of the history
 * @property {Opened | null} opened
 * @property {string} query
 * @property {{ language: string, tag: string, speaker: string, label: string, date: string }} filter of search and history; empty: all
 * @property {SearchResult | null} found
 * @property {ErrorView | null} searchError
 * @property {readonly Hit[] | null} foundOnServer what a server's library alone has; null: not told yet
 * @property {ErrorView | null} serverError why the server did not tell
 * @property {readonly TranscriptSummary[] | null} team the newest recordings of the server's library
 * @property {ErrorView | null} teamError why they cannot be listed
 * @property {readonly Toast[]} toasts
 * @property {DownloadNeeded | null} download
 * @property {ServerNeeded | null} serverNeeded
 * @property {string} serverCheck what the last look at the server told
 * @property {readonly string[]} serverModels what it offers, as far as that look told
 * @property {boolean} settingsOpen
 * @property {boolean} libraryOpen it lies over the text, where the screen is narrow
 * @property {string | null} details id of the transcript whose details are on show
 * @property {'date' | 'name' | 'length'} sort order of the list
 * @property {ReadonlySet<string>} selection ids of selected recordings
 * @property {Rerun | null} rerun
 * @property {boolean} speakersOpen the panel of the speakers
 * @property {Question | null} question
 * @property {PassphraseQuestion | null} passphrase
 * @property {ReadonlyMap<string, Record<string, number>>} estimates seconds by model, by transcript
 * @property {ReadonlyMap<string, number>} estimated_ms when its time left was told, by transcript
 * @property {number} now_ms the page's clock, which runs while a time left is on show
 * @property {ReadonlySet<object>} drafts editors that hold unsaved text
 * @property {boolean} saving the library would lose something if the tab closed now
 * @property {boolean} offlineReady
 * @property {ServiceWorker | null} newVersion waits to take over
 * @property {boolean} reloadWanted as soon as the work is done
 * @property {Player} player
 * @property {number | null} position_s of the player; null until it was set or moved
 * @property {{ start_s: number, end_s: number | null } | null} loop what the player repeats; without
 *   an end: only its start is set
 * @property {boolean} skipsSilence the player does
 * @property {boolean} showsVideo the player does, where there is one
 * @property {boolean} hasVideo the recording has a picture that this browser shows
 * @property {readonly ExtensionView[]} extensions
 * @property {{ ids: readonly string[], part: { start_s: number, end_s: number } | null,
 *   sound: AudioFormat | null } | null} exporting
 *   the transcripts in the dialog of the export; with a part: its sound only
 * @property {'player' | 'end' | null} following what the view goes along with, until the reader scrolls
 */

/** @type {State} */
const initial = {
  stage: 'starting',
  bootError: null,
  status: null,
  statusStale: false,
  stored: null,
  summaries: new Map(),
  pending: new Map(),
  listed: false,
  next: '',
  opened: null,
  query: '',
  filter: { language: '', tag: '', speaker: '', label: '', date: '' },
  found: null,
  searchError: null,
  foundOnServer: null,
  serverError: null,
  team: null,
  teamError: null,
  toasts: [],
  download: null,
  serverNeeded: null,
  serverCheck: '',
  serverModels: [],
  settingsOpen: false,
  libraryOpen: false,
  details: null,
  sort: 'date',
  selection: new Set(),
  rerun: null,
  speakersOpen: false,
  extensions: [],
  exporting: null,
  question: null,
  passphrase: null,
  estimates: new Map(),
  estimated_ms: new Map(),
  now_ms: 0,
  drafts: new Set(),
  saving: false,
  offlineReady: false,
  newVersion: null,
  reloadWanted: false,
  player: {
    id: '',
    ready: false,
    paused: true,
    waiting: false,
    length_s: 0,
    speed: 1,
    peaks: null,
    file_url: '',
  },
  position_s: null,
  loop: null,
  skipsSilence: false,
  showsVideo: false,
  hasVideo: false,
  following: 'end',
};

/** @type {any} a signal for each field of `State` */
const signals = mapped(initial, (value) => signal(value));

/**
 * @typedef {object} Derived what follows from the state
 * @property {string | undefined} shownId of the transcript on show
 * @property {readonly TranscriptSummary[]} queue what is on its way, in the order in which it will
 *   be done
 * @property {readonly TranscriptSummary[]} finished everything else that the filter lets through,
 *   newest first
 * @property {readonly TranscriptSummary[]} unreadable those of them that are no recordings
 * @property {readonly TranscriptSummary[]} history the others, in the order of `sort`
 * @property {boolean} hasRows the library is not empty
 * @property {boolean} working something goes on by itself; what is paused, or waits for its file,
 *   may wait for ever
 * @property {readonly string[]} tags in use
 * @property {readonly string[]} languages heard
 * @property {readonly string[]} speakers that have names
 * @property {readonly string[]} labels of highlights
 * @property {boolean} searchable a server's library can be searched too
 * @property {readonly FormatOfExtension[]} writers formats that extensions write
 * @property {ReadonlySet<string>} readers endings of files that extensions read
 * @property {readonly RuleOfExtension[]} rules of extensions
 * @property {number} length_s of what the player has; as it was told, until the player knows it
 */

const UNNAMED_SPEAKER = new RegExp(UNNAMED);
/** @param {string} name @returns {boolean} whether nobody has named the speaker */
export const isUnnamed = (name) => UNNAMED_SPEAKER.test(name);
/** As Python's search compares names. @param {string} one @param {string} other */
const isSameName = (one, other) => one.toLowerCase() === other.toLowerCase();

/** @type {{ [K in keyof Derived]: () => Derived[K] }} */
const derivations = {
  shownId: () => store.opened?.id,
  queue: () => {
    const rank = (/** @type {TranscriptSummary} */ { job }) =>
      RUNNING.has(job.state) ? -1 : job.queue_position || 1e6;
    const unfinished = (/** @type {TranscriptSummary} */ { job }) => UNFINISHED.has(job.state);
    const known = [...store.summaries.values()].filter(unfinished);
    known.sort((a, b) => rank(a) - rank(b) || byAge(a, b));
    return [...known, ...coming().filter(unfinished)];
  },
  finished: () => {
    const { language, tag, speaker, label, date } = store.filter;
    const { since, until } = momentsOf(date);
    const list = [...store.summaries.values(), ...coming()].filter(
      (each) =>
        !UNFINISHED.has(each.job.state) &&
        (!language || each.language === language) &&
        (!tag || each.tags.includes(tag)) &&
        (!since || each.created_at >= since) &&
        (!until || each.created_at < until) &&
        (!speaker || (each.speakers ?? []).some(({ name }) => isSameName(name, speaker))) &&
        (!label || (each.labels ?? []).some((own) => isSameName(own, label))),
    );
    return list.sort((a, b) => byAge(b, a));
  },
  unreadable: () => store.finished.filter(isUnreadable),
  history: () => {
    const list = store.finished.filter((each) => !isUnreadable(each));
    if (store.sort === 'name') return list.sort((a, b) => byName.compare(a.name, b.name));
    if (store.sort === 'length') return list.sort((a, b) => b.duration_s - a.duration_s);
    return list;
  },
  hasRows: () => store.summaries.size + store.pending.size > 0,
  working: () => store.queue.some(({ job }) => RUNNING.has(job.state) || job.state === 'queued'),
  tags: () => [...new Set([...store.summaries.values()].flatMap(({ tags }) => tags))].sort(),
  languages: () => [
    ...new Set([...store.summaries.values()].flatMap(({ language }) => language ?? [])),
  ],
  speakers: () => {
    const people = [...store.summaries.values()].flatMap(({ speakers = [] }) => speakers);
    const names = people.map(({ name }) => name).filter((name) => !isUnnamed(name));
    return [...new Set(names)].sort();
  },
  labels: () =>
    [...new Set([...store.summaries.values()].flatMap(({ labels = [] }) => labels))].sort(),
  searchable: () => {
    const { server, settings } = store.status ?? {};
    return Boolean(server?.kind === 'earwitness' && (server.allowed || settings?.search_server));
  },
  writers: () => used().flatMap(({ formats }) => formats.filter(({ writes }) => writes)),
  readers: () =>
    new Set(
      used()
        .flatMap(({ formats }) => formats.filter(({ reads }) => reads))
        .map(ending),
    ),
  rules: () => used().flatMap(({ rules }) => rules),
  length_s: () => store.player.length_s || (summaryOf(store.player.id)?.duration_s ?? 0),
};

/** Extensions that are on. */
const used = () => store.extensions.filter(({ on }) => on);
/** @param {FormatOfExtension} format */
const ending = ({ extension }) => extension;

/** @type {Readonly<State & Derived>} reading a field tells on what the reader depends */
export const store = Object.defineProperties(
  /** @type {any} */ ({}),
  mapped({ ...signals, ...mapped(derivations, computed) }, (each) => ({ get: () => each.value })),
);

/**
 * Change the store. Whatever read a changed part runs again, once.
 * @param {Partial<State> | ((state: Readonly<State>) => Partial<State>)} change the new values, or
 *   how they follow from the present ones
 */
export function update(change) {
  batch(() =>
    untracked(() => {
      const values = typeof change === 'function' ? change(store) : change;
      for (const [name, value] of Object.entries(values)) signals[name].value = value;
    }),
  );
}

/**
 * `effect` runs a function now, and again whenever something changed that it read: from the store,
 * or from a `signal` of its own. What it calls with `untracked` does not count.
 */
export { effect, signal, untracked };

/**
 * Wait until the store says something.
 * @template T
 * @param {() => T | undefined | null | false} read
 * @returns {Promise<T>} the first value that is not empty; rejects with what `read` throws
 */
export function until(read) {
  return new Promise((resolve, reject) => {
    const stop = effect(() => {
      try {
        const value = read();
        if (!value) return;
        resolve(value);
      } catch (thrown) {
        reject(thrown);
      }
      // At its first run there is nothing to stop yet.
      queueMicrotask(() => stop());
    });
  });
}

/**
 * The recording of that id, also while the library has not confirmed it.
 * @param {string} id
 * @returns {TranscriptSummary | undefined}
 */
export const summaryOf = (id) => store.pending.get(id)?.summary ?? store.summaries.get(id);

/**
 * The change that an event of the library makes.
 * @param {LibraryEvent} event
 * @returns {(state: Readonly<State>) => Partial<State>}
 */
export function applied(event) {
  switch (event.type) {
    case 'boot-changed':
      return ({ statusStale }) => ({
        stage: event.stage,
        bootError: event.error,
        statusStale: statusStale || event.stage === 'starting',
      });
    case 'transcript-changed':
      return kept(event.transcript);
    case 'segments-saved':
      return appended(event.transcript_id, event.first, event.segments);
    case 'transcripts-removed':
      return dropped(event.transcript_ids);
    case 'download-needed':
      return () => ({ download: event });
    case 'server-needed':
      return () => ({ serverNeeded: event });
    case 'status-changed':
      return () => ({ status: event.status, statusStale: false });
  }
}

/**
 * The change that these recordings, as the library has them now, make.
 * @param {...TranscriptSummary} changed
 * @returns {(state: Readonly<State>) => Partial<State>}
 */
export const kept = (...changed) => {
  return (state) => {
    const ids = changed.map(({ id }) => id);
    const told = changed.filter(
      ({ id, job }) => state.summaries.get(id)?.job.remaining_s !== job.remaining_s,
    );
    const now_ms = performance.now();
    const loading = changed.some(
      ({ job, speaker_job }) => job.loaded_bytes > 0 || speaker_job?.loaded_bytes,
    );
    return {
      pending: without(state.pending, ids),
      summaries: withAll(
        state.summaries,
        changed.map((each) => [each.id, each]),
      ),
      estimated_ms: withAll(
        state.estimated_ms,
        told.map(({ id }) => [id, now_ms]),
      ),
      opened: described(state.opened, changed),
      ...(loading && { download: null }),
    };
  };
};

/**
 * The change that takes recordings away.
 * @param {readonly string[]} ids
 * @returns {(state: Readonly<State>) => Partial<State>}
 */
export const dropped = (ids) => (state) => ({
  summaries: without(state.summaries, ids),
  pending: without(state.pending, ids),
  estimates: without(state.estimates, ids),
  estimated_ms: without(state.estimated_ms, ids),
  selection: new Set([...state.selection].filter((id) => !ids.includes(id))),
  opened: state.opened && ids.includes(state.opened.id) ? null : state.opened,
});

/**
 * The change that puts a text on show, unless another one was opened meanwhile.
 * @param {Transcript} transcript
 * @returns {(state: Readonly<State>) => Partial<State>}
 */
export const shown =
  (transcript) =>
  ({ opened }) =>
    opened?.id === transcript.id
      ? { opened: { ...opened, transcript, error: null, early: false } }
      : {};

/**
 * The change that a saved change of a text makes.
 * @param {Updated} updated
 * @returns {(state: Readonly<State>) => Partial<State>}
 */
export const changed =
  ({ transcript: summary, changes, highlights }) =>
  (state) => {
    const summaries = kept(summary)(state);
    const open = summaries.opened;
    if (open?.id !== summary.id || !open.transcript) return summaries;
    // Somebody else has changed the text since it was read here.
    const missed =
      (changes.length || highlights) && open.transcript.revision !== summary.revision - 1;
    if (missed) return { ...summaries, opened: { ...open, stale: true } };
    const segments = [...open.transcript.segments];
    for (const { first, removed, segments: added } of changes.toReversed()) {
      segments.splice(first, removed, ...added);
    }
    const text = { ...open.transcript, segments, revision: summary.revision };
    const transcript = highlights ? { ...text, highlights } : text;
    return { ...summaries, opened: { ...open, transcript } };
  };

/**
 * The text on show must be read again.
 * @param {Readonly<State>} state
 * @returns {Partial<State>}
 */
export const outdated = ({ opened }) => (opened ? { opened: { ...opened, stale: true } } : {});

/**
 * A change that was taken back or made again; it may have been one of the text on show as well.
 * @param {Updated} updated
 * @returns {(state: Readonly<State>) => Partial<State>}
 */
export const steppedTo = (updated) => (state) => {
  const isShown = state.opened?.id === updated.transcript.id;
  return { ...changed(updated)(state), ...(isShown ? {} : outdated(state)) };
};

/**
 * New sentences; where the ones before them are not here, the text must be read again.
 * @param {string} id
 * @param {number} first
 * @param {readonly Segment[]} segments
 * @returns {(state: Readonly<State>) => Partial<State>}
 */
const appended = (id, first, segments) => (state) => {
  const transcript = state.opened?.id === id ? state.opened.transcript : null;
  if (!state.opened || !transcript) return {};
  if (first > transcript.segments.length) return { opened: { ...state.opened, stale: true } };
  const known = transcript.segments.slice(0, first);
  return shown({ ...transcript, segments: [...known, ...segments] })(state);
};

/**
 * The opened transcript with what its new summary says about it.
 * @param {Opened | null} opened
 * @param {readonly TranscriptSummary[]} changed
 * @returns {Opened | null}
 */
function described(opened, changed) {
  const summary = changed.find(({ id }) => id === opened?.id);
  if (!opened?.transcript || !summary) return opened;
  const { name, language, language_probability, duration_s, model, task, tags, speakers } = summary;
  const facts = { name, language, language_probability, duration_s, model, task, tags, speakers };
  return { ...opened, transcript: { ...opened.transcript, ...facts } };
}

/** Of files that the library has not confirmed, refused ones too. */
const coming = () => [...store.pending.values()].map(({ summary }) => summary);

/** Nobody can make a text of it. @param {TranscriptSummary} summary */
const isUnreadable = ({ nothing_heard, job }) => nothing_heard && job.error?.type === 'MediaError';

const byName = new Intl.Collator('en', { numeric: true });

/** @param {TranscriptSummary} a @param {TranscriptSummary} b */
const byAge = (a, b) => a.created_at.localeCompare(b.created_at) || a.id.localeCompare(b.id);

/**
 * @template V
 * @param {ReadonlyMap<string, V>} map
 * @param {readonly [string, V][]} entries
 * @returns {ReadonlyMap<string, V>} the same map where there are none
 */
export const withAll = (map, entries) => (entries.length ? new Map([...map, ...entries]) : map);

/**
 * @template V
 * @param {ReadonlyMap<string, V>} map
 * @param {readonly string[]} keys
 * @returns {ReadonlyMap<string, V>} the same map where it has none of the keys
 */
export const without = (map, keys) =>
  keys.some((key) => map.has(key)) ? new Map([...map].filter(([key]) => !keys.includes(key))) : map;

/**
 * @param {object} fields
 * @param {(value: any) => any} make
 * @returns {any}
 */
function mapped(fields, make) {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, make(value)]));
}
