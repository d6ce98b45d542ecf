/** Searching this library, or a server's. */
/** @import { Hit } from '../generated/messages' */
/** @import { State } from './store.js' */
import { attempt } from './actions.js';
import { addressOf } from './address.js';
import { library } from './library-client.js';
import { viewOf } from './request-error.js';
import { kept, store, update } from './store.js';

let searches = 0;

/** @param {string} query as typed so far; only the newest answer is shown */
export async function search(query) {
  const mine = ++searches;
  const empty = !query.trim();
  update({ query, searchError: null, ...(empty && { found: null }) });
  if (empty) return;
  try {
    const where = { where: store.searchIn, ...store.filter };
    const found = await library.request({ type: 'search', query, limit: 100, ...where });
    if (mine === searches) update({ found });
  } catch (thrown) {
    if (mine === searches) update({ searchError: viewOf(thrown) });
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
