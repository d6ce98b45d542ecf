/**
 * What the page does besides drawing: each effect runs again when something it read in the store
 * has changed. What comes in from the user and the address is in `input.js`.
 */
/** @import { Event as LibraryEvent, TranscriptSummary } from '../generated/messages' */

import { RUNNING, UNFINISHED } from '../generated/constants.js';
import { estimate, load, refresh } from './actions.js';
import { addressOf, readAddress, searchAddress } from './address.js';
import { remindIfDue } from './bin-and-backup.js';
import { startDoubts } from './doubts.js';
import { listExtensions } from './extensions.js';
import { percent, size, titleOf } from './format.js';
import { jobFraction, jobText } from './job-text.js';
import { takeOver } from './offline.js';
import { playback } from './playback.js';
import { keepsFolder } from './preferences.js';
import { startQueueEnd } from './queue-end.js';
import { readTeam, searchAgain } from './search.js';
import { applied, effect, store, summaryOf, until, untracked, update } from './store.js';
import * as t from './strings/jobs.js';
import { storageNearlyFull, storageNearlyFullHint } from './strings/notes.js';
import { startTextHits } from './text-hits.js';
import { note, tellError } from './toasts.js';
import { startDrafts } from './typing.js';

const APP = document.title;
const SECOND_MS = 1000;
/** A quarter of the way is news; each percent is noise. */
const STEPS = 4;
/** Shorter recordings are done before anyone reads an estimate, in seconds. */
const WORTH_ASKING_S = 120;
/** Told while there is still room to act, as a part of what the browser offers. */
const NEARLY_FULL = 0.9;

/** A reply that brings a change along comes within this time after the news of it. */
const ELSEWHERE_MS = 500;

/** Events after which a search may find something else. */
const CHANGES = new Set(['transcript-changed', 'segments-saved', 'transcripts-removed']);

/** Start every effect; the address must have been read before. */
export function startEffects() {
  effect(readLibrary);
  effect(readText);
  effect(readNewerText());
  effect(loadAudio);
  effect(showWhatIsOpen);
  effect(nameTab);
  effect(runClock());
  effect(estimateLongFiles);
  effect(warnOfFullStorage());
  effect(startNewVersion);
  effect(readTeamLibrary());
  void until(() => store.listed).then(remindIfDue);
  if (keepsFolder())
    void until(() => store.listed)
      .then(keepFolderInStep)
      .catch(tellError);
  startTextHits();
  startDoubts();
  startDrafts();
  startQueueEnd();
  addEventListener('beforeunload', (event) => {
    if (store.saving || store.pending.size || store.drafts.size) event.preventDefault();
  });
  addEventListener('focus', () => void navigator.clearAppBadge?.().catch(() => {}));
}

/** Take in an event of the library. @param {LibraryEvent} event */
export function receive(event) {
  update(applied(event));
  if (event.type === 'transcript-changed') {
    const { job } = event.transcript;
    announce(event.transcript);
    // It is in the server's library now.
    if (job.state === 'done' && job.server && store.searchable) void readTeam();
  }
  if (CHANGES.has(event.type)) searchAgain();
}

function readLibrary() {
  if (store.stage !== 'ready') return;
  // A tab of 0.1.0, which may hold the library during an update, knows none.
  void refresh().then(() => listExtensions().catch(() => {}));
}

/** A transcript may be opened while its file is still on its way to the library. */
function readText() {
  const { opened, pending } = store;
  if (opened?.stale && !pending.has(opened.id)) void load(opened.id);
}

/** Another tab may have changed the text on show; what this one changes comes with its reply. */
function readNewerText() {
  let timer = 0;
  let read = '';
  return () => {
    clearTimeout(timer);
    const { opened, summaries } = store;
    const { revision = 0, job } = summaries.get(opened?.id ?? '') ?? {};
    if (!opened?.transcript || opened.early || !job || UNFINISHED.has(job.state)) return;
    const newest = `${opened.id} ${revision}`;
    if (revision <= opened.transcript.revision || newest === read) return;
    timer = setTimeout(() => {
      read = newest;
      void load(opened.id);
    }, ELSEWHERE_MS);
  };
}

function loadAudio() {
  const id = store.opened?.id;
  const { audio_kept, nothing_heard } = summaryOf(id ?? '') ?? {};
  const playable = id && audio_kept && !nothing_heard;
  untracked(() => (playable ? playback.load(id) : playback.unload()));
}

const keepFolderInStep = async () => (await import('./folder.js')).startFolder();

/** For the style sheet: whether a text is open, and whether the library has anything. */
function showWhatIsOpen() {
  const open = Boolean(store.opened);
  document.body.toggleAttribute('data-open', open);
  document.body.toggleAttribute('data-rows', store.hasRows);
  const query = store.query.trim();
  const { id, at_s, query: named } = readAddress(location.hash);
  // What was deleted is not on show any more, so the address must not name it.
  const gone = !open && id !== null;
  if (!gone && (named ?? '') === query) return;
  const address = open && id !== null ? addressOf(id, at_s, query) : searchAddress(query);
  history.replaceState(null, '', address);
}

/** The tab is named by what is under way, else by what is open. */
function nameTab() {
  const running = store.queue.find(({ job }) => RUNNING.has(job.state));
  const fraction = running ? jobFraction(running.job) : null;
  const open = summaryOf(store.opened?.id ?? '');
  if (running && fraction !== null) {
    document.title = t.inTitle(percent(fraction), titleOf(running.name), APP);
  } else document.title = open ? t.openInTitle(titleOf(open.name), APP) : APP;
}

/** A time left counts down by itself: the next batch may be a minute away. */
function runClock() {
  let timer = 0;
  return () => {
    const counting = store.queue.some(({ job }) => job.remaining_s !== null);
    if (counting && !timer) {
      timer = setInterval(() => update({ now_ms: performance.now() }), SECOND_MS);
    } else if (!counting) {
      clearInterval(timer);
      timer = 0;
    }
  };
}

function estimateLongFiles() {
  if (store.stage !== 'ready') return;
  for (const summary of store.queue) {
    const long = summary.job.duration_s >= WORTH_ASKING_S;
    if (long && !store.estimates.has(summary.id)) void estimate(summary);
  }
}

function warnOfFullStorage() {
  let warned = false;
  return () => {
    const { storage_used_bytes: used = 0, storage_quota_bytes: quota = 0 } = store.status ?? {};
    if (warned || !quota || used < quota * NEARLY_FULL) return;
    warned = true;
    note(storageNearlyFull(size(used), size(quota)), { hint: storageNearlyFullHint, stays: true });
  };
}

function startNewVersion() {
  if (!store.reloadWanted || store.working || !store.newVersion) return;
  // A user who refuses to leave the page is not asked again when the next job ends.
  update({ reloadWanted: false });
  takeOver(store.newVersion);
}

/** Once for each server, and again when the user comes back to the page. */
function readTeamLibrary() {
  let read = '';
  addEventListener('focus', () => store.searchable && void readTeam());
  return () => {
    const origin = (store.searchable && store.status?.server?.origin) || '';
    if (store.stage !== 'ready' || origin === read) return;
    read = origin;
    untracked(() => {
      update({ team: null, teamError: null });
      if (origin) void readTeam();
    });
  };
}

/** @type {Map<string, string>} the last milestone told, by transcript */
const told = new Map();

/**
 * Say to a screen reader how far a recording is.
 * @param {TranscriptSummary} summary
 */
function announce(summary) {
  const { id, name, job } = summary;
  const fraction = RUNNING.has(job.state) ? jobFraction(job) : null;
  const milestone = `${job.state} ${Math.floor((fraction ?? 0) * STEPS)}`;
  if (milestone === told.get(id)) return;
  told.set(id, milestone);
  const announcer = /** @type {HTMLElement} */ (document.querySelector('#announcer'));
  announcer.textContent = t.announced(titleOf(name), jobText(summary));
}
