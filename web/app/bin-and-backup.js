/** What the user can do to keep things: bring them back, delete them for good, back them up. */
/** @import { TranscriptSummary } from '../generated/messages' */

import { attempt, refresh, saveFile } from './actions.js';
import { addressOf } from './address.js';
import { size } from './format.js';
import { library } from './library-client.js';
import { fileAt } from './private-files.js';
import { state } from './state.js';
import { dismiss, note } from './toast-list.js';

const BIN_SIZE = 500;

/** @returns {Promise<TranscriptSummary[] | undefined>} what is in the bin; undefined: told why not */
export const deleted = () =>
  attempt(async () => {
    const request = /** @type {const} */ ({ type: 'list-transcripts', removed: true });
    return (await library.request({ ...request, limit: BIN_SIZE })).transcripts;
  });

/** @param {TranscriptSummary} summary */
export async function remove({ id, name }) {
  if (state.pending.has(id)) return state.drop([id]);
  const shown = state.opened?.id === id;
  await attempt(async () => {
    await library.request({ type: 'remove', transcript_ids: [id] });
    state.drop([id]);
    note(`Deleted “${name}”.`, { action: { label: 'Undo', run: () => restore(id, shown) } });
  });
}

/** @param {string} id @param {boolean} [show] it was on show, and is again if nothing else is */
export const restore = (id, show = false) =>
  attempt(async () => {
    await library.request({ type: 'restore', transcript_ids: [id] });
    await refresh();
    if (show && !state.opened) location.hash = addressOf(id);
  });

export const emptyBin = () =>
  attempt(async () => {
    await library.request({ type: 'empty-bin' });
    note('The bin is empty.');
  });

/** @param {boolean} audio */
export const saveBackup = (audio) =>
  attempt(async () => {
    const writing = note('The backup is being written.', { stays: true });
    try {
      const { path, name } = await library.request({ type: 'save-backup', audio });
      const file = await fileAt(path);
      saveFile(file, name);
      note(`The backup is written: ${name}, ${size(file.size)}.`);
    } finally {
      dismiss(writing);
    }
  });

/** @param {File} file */
export const loadBackup = (file) =>
  attempt(async () => {
    const reading = note('The backup is being read.', { stays: true });
    try {
      const { added, known } = await library.request({ type: 'load-backup' }, [file]);
      await refresh();
      const here = known.length
        ? ` ${known.length === 1 ? '1 was' : `${known.length} were`} here already.`
        : '';
      const came = added.length === 1 ? '1 transcript' : `${added.length} transcripts`;
      note(`${came} came in.${here}`);
    } finally {
      dismiss(reading);
    }
  });
