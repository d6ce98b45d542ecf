/** A folder of files may hold many that are no recordings: they go with one click. */
import { attempt, refresh } from './actions.js';
import { count } from './format.js';
import { library } from './library-client.js';
import { state } from './state.js';
import { note } from './toast-list.js';

/** Of the transcripts listed here, those without any text. @returns {string[]} */
export const failedFiles = () =>
  state.history.filter(({ nothing_heard }) => nothing_heard).map(({ id }) => id);

/** Into the bin with all of them. */
export const removeFailed = () =>
  attempt(async () => {
    const ids = failedFiles();
    const kept = ids.filter((id) => !state.pending.has(id));
    await library.request({ type: 'remove', transcript_ids: kept });
    state.drop(ids);
    note(`Deleted ${count(ids.length)} failed files.`, {
      action: kept.length ? { label: 'Undo', run: () => restore(kept) } : null,
    });
  });

/** @param {string[]} ids */
const restore = (ids) =>
  attempt(async () => {
    await library.request({ type: 'restore', transcript_ids: ids });
    await refresh();
  });
