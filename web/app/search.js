/** Searching this library and, where there is one, a server's. */
/** @import { Hit } from '../generated/messages' */
/** @import { State } from './store.js' */
import { attempt, open } from './actions.js';
import { addressOf } from './address.js';
import { library } from './library-client.js';
import { playback } from './playback.js';
import { viewOf } from './request-error.js';
import { kept, store, until, update } from './store.js';

/** A library that grows, or is still being read, is asked again this often. */
const AGAIN_MS = 300;
/** A server is asked when nothing was typed for so long. */
const SERVER_MS = 250;
const HITS_MAX = 100;
/** Recordings of the server's library that are listed at once. */
const TEAM_SIZE = 50;

let searches = 0;
/** Searches that have not been answered. */
let waiting = 0;
/** A timer; 0 while none runs. */
let again = 0;
let serverTimer = 0;

/** @param {string} query as typed so far; only the newest answer is shown */
export async function search(query) {
  const empty = !query.trim();
  update({ query, searchError: null, ...(empty && { found: null }) });
  searchServer();
  await ask();
}

/** Ask the library again soon: it has changed, or was not read to its end. */
export function searchAgain() {
  if (again || !store.query.trim()) return;
  again = setTimeout(() => {
    again = 0;
    // The answer on its way may be older than the change.
    if (waiting) searchAgain();
    else void ask();
  }, AGAIN_MS);
}

async function ask() {
  const mine = ++searches;
  const { query } = store;
  if (!query.trim()) return;
  waiting += 1;
  try {
    const request = { type: /** @type {const} */ ('search'), query, limit: HITS_MAX };
    const found = await library.request({ ...request, ...chosen() });
    if (mine === searches) update({ found, searchError: null });
    if (found.indexing) searchAgain();
  } catch (thrown) {
    if (mine === searches) update({ searchError: viewOf(thrown) });
  } finally {
    waiting -= 1;
  }
}

/** The filters that are set: an older page, in another tab, knows no speakers and labels. */
function chosen() {
  const { speaker, label, ...others } = store.filter;
  return { ...others, ...(speaker && { speaker }), ...(label && { label }) };
}

/** Its hits come after those of this library, and only those that are not here. */
function searchServer() {
  clearTimeout(serverTimer);
  update({ foundOnServer: null, serverError: null });
  const { query, filter: filters, searchable } = store;
  if (!searchable || !query.trim()) return;
  const current = () => store.query === query && store.filter === filters;
  serverTimer = setTimeout(async () => {
    try {
      const request = { type: /** @type {const} */ ('search'), query, limit: HITS_MAX };
      const where = /** @type {const} */ ('server');
      const { hits } = await library.request({ ...request, ...chosen(), where });
      if (current()) update({ foundOnServer: hits.filter(({ server }) => server) });
    } catch (thrown) {
      if (current()) update({ serverError: viewOf(thrown) });
    }
  }, SERVER_MS);
}

/** Show only recordings in this language, with this tag or of this speaker. @param {Partial<State['filter']>} over */
export function filter(over) {
  update((state) => ({ filter: { ...state.filter, ...over } }));
  void search(store.query);
}

/** Read the newest recordings of the server's library. */
export async function readTeam() {
  const request = /** @type {const} */ ({ type: 'list-transcripts', where: 'server' });
  try {
    const { transcripts } = await library.request({ ...request, limit: TEAM_SIZE });
    update({ team: transcripts, teamError: null });
  } catch (thrown) {
    update({ teamError: viewOf(thrown) });
  }
}

/**
 * Copy a transcript of the server into this library unless it is here, then show it.
 * @param {string} transcript_id the server's
 * @param {number | null} [at_s]
 */
export const openCopy = (transcript_id, at_s = null) =>
  attempt(async () => {
    const summary = await library.request({ type: 'copy-transcript', transcript_id });
    update(kept(summary));
    location.hash = addressOf(summary.id, at_s);
  });

/** @param {Hit} hit that a server alone has */
export const openFromServer = ({ transcript_id, segment, start_s }) =>
  openCopy(transcript_id, segment === null ? null : start_s);

/** Show the place of a hit, and play from there. @param {Hit} hit */
export async function playHit({ transcript_id, start_s }) {
  location.hash = addressOf(transcript_id, start_s);
  open(transcript_id, start_s);
  const here = () => store.shownId === transcript_id;
  await until(() => !here() || (store.player.id === transcript_id && store.player.ready));
  if (here()) playback.playFrom(start_s);
}
