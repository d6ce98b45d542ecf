/** A folder of files may hold many that are no recordings: they go with one click. */
import { refresh } from './actions.js';
import { count } from './format.js';
import { bridge } from './python.js';
import { state } from './state.js';
import { note, tellError } from './toast-list.js';

/** Of the transcripts listed here. @returns {string[]} */
export const failedFiles = () =>
  state.history.filter(({ job }) => job.state === 'failed').map(({ id }) => id);

/** Into the bin with all of them. */
export async function removeFailed() {
  const ids = failedFiles();
  const kept = ids.filter((id) => !state.pending.has(id));
  try {
    await bridge.request({ type: 'remove', transcript_ids: kept });
    state.drop(ids);
    note(`Deleted ${count(ids.length)} failed files.`, {
      action: kept.length ? { label: 'Undo', run: () => restore(kept) } : null,
    });
  } catch (thrown) {
    tellError(thrown);
  }
}

/** @param {string[]} ids */
async function restore(ids) {
  try {
    await bridge.request({ type: 'restore', transcript_ids: ids });
    await refresh();
  } catch (thrown) {
    tellError(thrown);
  }
}
