/** Searching this library, or a server's. */
/** @import { Hit } from '../generated/messages' */
/** @import { State } from './store.js' */
import { attempt } from './actions.js';
import { addressOf } from './address.js';
import { library } from './library-client.js';
import { viewOf } from './request-error.js';
import { kept, store, update } from './store.js';

/** A library that grows, or is still being read, is asked again this often. */
const AGAIN_MS = 300;

let searches = 0;
/** Searches that have not been answered. */
let waiting = 0;
/** A timer; 0 while none runs. */
let again = 0;

/** @param {string} query as typed so far; only the newest answer is shown */
export async function search(query) {
  const empty = !query.trim();
  update({ query, searchError: null, ...(empty && { found: null }) });
  await ask();
}

/** Ask the library again soon: it has changed, or was not read to its end. */
export function searchAgain() {
  if (again || !store.query.trim() || store.searchIn === 'server') return;
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
    const where = { where: store.searchIn, ...store.filter };
    const found = await library.request({ type: 'search', query, limit: 100, ...where });
    if (mine === searches) update({ found, searchError: null });
    if (found.indexing) searchAgain();
  } catch (thrown) {
    if (mine === searches) update({ searchError: viewOf(thrown) });
  } finally {
    waiting -= 1;
  }
}

/** @param {'device' | 'server'} searchPlace */
export function searchIn(searchPlace) {
  update({ searchPlace, found: null });
  void search(store.query);
}

/** Show only recordings in this language, or with this tag. @param {Partial<State['filter']>} over */
export function filter(over) {
  update((state) => ({ filter: { ...state.filter, ...over } }));
  void search(store.query);
}

/**
 * Copy the transcript of a server's hit into this library, then show it.
 * @param {Hit} hit
 */
export const openFromServer = ({ transcript_id, segment, start_s }) =>
  attempt(async () => {
    const summary = await library.request({ type: 'copy-transcript', transcript_id });
    update(kept(summary));
    location.hash = addressOf(summary.id, segment === null ? null : start_s);
  });
