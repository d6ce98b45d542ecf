/** The bin and the backup: what the user can do to keep recordings, or to delete them for good. */
/** @import { TranscriptSummary } from '../generated/messages' */

import { attempt, refresh } from './actions.js';
import { addressOf } from './address.js';
import { size, titleOf } from './format.js';
import { library } from './library-client.js';
import { fileAt, persist, recall, remember, saveFile } from './platform.js';
import { RequestError } from './request-error.js';
import { isSealed, SealError, seal, unseal } from './sealed-backup.js';
import { dropped, signal, store, update } from './store.js';
import { sampleNotLoaded } from './strings/errors.js';
import * as t from './strings/notes.js';
import { persistRefused } from './strings/settings.js';
import { dismiss, note } from './toasts.js';
import { deleteOrphanedDrafts } from './typing.js';

const BIN_SIZE = 500;
/** Under these names the device keeps when a backup was saved, and whether to remind of one. */
const LAST_BACKUP = 'last-backup';
const REMINDER = 'backup-reminder';
/** How the name of a sealed backup ends. */
const SEALED = '.sealed';
const BACKUP_EVERY_MS = 30 * 86_400_000;

/** @returns {Promise<TranscriptSummary[] | undefined>} what is in the bin; undefined: told why not */
export const deleted = () =>
  attempt(async () => {
    const request = /** @type {const} */ ({ type: 'list-transcripts', removed: true });
    return (await library.request({ ...request, limit: BIN_SIZE })).transcripts;
  });

/** Move a recording into the bin. @param {TranscriptSummary} summary */
export async function remove({ id, name }) {
  if (store.pending.has(id)) return update(dropped([id]));
  await removeAll([id], t.deleted(titleOf(name)));
}

/** Move all files that could not be read into the bin. */
export function removeUnreadable() {
  const ids = store.unreadable.map(({ id }) => id);
  return removeAll(ids, t.deletedFailed(ids.length));
}

/** Move recordings into the bin. @param {string[]} ids */
export const removeSeveral = (ids) => removeAll(ids, t.deletedSeveral(ids.length));

/** @param {string[]} ids @param {string} told */
const removeAll = (ids, told) =>
  attempt(async () => {
    const kept = ids.filter((id) => !store.pending.has(id));
    const shown = ids.find((id) => store.opened?.id === id);
    await library.request({ type: 'remove', transcript_ids: kept });
    update(dropped(ids));
    const action = kept.length ? { label: t.undo, run: () => restore(kept, shown) } : null;
    note(told, { action });
  });

/**
 * Bring recordings back out of the bin.
 * @param {string[]} ids
 * @param {string} [show] one that was on show, and is again if nothing else is
 */
export const restore = (ids, show = '') =>
  attempt(async () => {
    await library.request({ type: 'restore', transcript_ids: ids });
    await refresh();
    if (show && !store.opened) location.hash = addressOf(show);
  });

/** Delete for good what is in the bin. */
export const emptyBin = () =>
  attempt(async () => {
    await library.request({ type: 'empty-bin' });
    await deleteOrphanedDrafts();
    note(t.binEmpty);
  });

/**
 * Write a backup and hand it to the browser's downloads.
 * @param {boolean} audio
 * @param {string} [passphrase] that seals it; empty: it is not sealed
 */
export const saveBackup = (audio, passphrase = '') =>
  attempt(() =>
    noted(t.backupBeingWritten, async () => {
      const written = await library.request({ type: 'save-backup', audio });
      const plain = await fileAt(written.path);
      const file = passphrase ? await seal(plain, passphrase) : plain;
      const name = passphrase ? written.name.replace(/\.zip$/, SEALED) : written.name;
      saveFile(file, name);
      note(t.backupWritten(name, size(file.size)));
      lastBackup_ms.value = Date.now();
      remember(LAST_BACKUP, String(lastBackup_ms.value));
    }),
  );

/** When a backup was last saved on this device; 0: never. */
export const lastBackup_ms = signal(Number(recall(LAST_BACKUP)) || 0);

/** Whether the user wants to be reminded of a backup. */
export const backupReminder = () => recall(REMINDER) === 'on';

/** @param {boolean} on */
export const remindOfBackup = (on) => remember(REMINDER, on ? 'on' : 'off');

/** Once a visit, as soon as the library is listed. */
export function remindIfDue() {
  const due = Date.now() - lastBackup_ms.value > BACKUP_EVERY_MS;
  if (!backupReminder() || !due || !store.hasRows) return;
  note(t.backupDue, { action: { label: t.saveBackup, run: () => void saveBackup(true) } });
}

/** Ask the browser not to clear what is kept here. */
export const askToPersist = () =>
  attempt(async () => {
    if (!(await persist())) note(persistRefused);
    await refresh();
  });

/** Add what a backup holds and the library does not. @param {File} file */
export const loadBackup = (file) =>
  attempt(async () => {
    const backup = (await isSealed(file)) ? await opened(file) : file;
    if (!backup) return;
    await noted(t.backupBeingRead, async () => {
      const { added, known, in_bin } = await library.request({ type: 'load-backup' }, [backup]);
      await refresh();
      note(t.backupLoaded(added.length, known.length, in_bin.length));
    });
  });

/**
 * Ask for the passphrase of a sealed backup until it is right.
 * @param {File} file
 * @returns {Promise<Blob | null>} null: the user thought better of it
 */
async function opened(file) {
  for (let wrong = false; ; wrong = true) {
    const passphrase = await askPassphrase(wrong);
    if (passphrase === null) return null;
    try {
      return await noted(t.backupBeingOpened, () => unseal(file, passphrase));
    } catch (thrown) {
      if (!(thrown instanceof SealError)) throw thrown;
    }
  }
}

/**
 * @param {boolean} wrong the last one did not fit
 * @returns {Promise<string | null>}
 */
const askPassphrase = (wrong) =>
  new Promise((resolve) => {
    const answer = (/** @type {string | null} */ passphrase) => {
      update({ passphrase: null });
      resolve(passphrase);
    };
    update({ passphrase: { wrong, answer } });
  });

/** Show the sample recording, which comes with the page, with its text. */
export const openSample = () =>
  attempt(async () => {
    const response = await fetch(new URL(__BUILD__.sampleURL, document.baseURI)).catch(() => null);
    if (!response?.ok)
      throw new RequestError({ type: 'PageError', ...sampleNotLoaded, detail: '' });
    const backup = await response.blob();
    const request = /** @type {const} */ ({ type: 'load-backup', made_now: true });
    const { added, known } = await library.request(request, [backup]);
    await refresh();
    const [id] = [...added, ...known];
    if (id) location.hash = addressOf(id);
  });

/**
 * Show a note as long as some work goes on.
 * @template T
 * @param {string} text
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function noted(text, work) {
  const toast = note(text, { stays: true });
  try {
    return await work();
  } finally {
    dismiss(toast);
  }
}
