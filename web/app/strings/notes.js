/** Short notes at the edge of the page. */
import { plural } from './plural.js';

export const undo = 'Undo';
export const reload = 'Reload';
export const dismiss = 'Dismiss';
export const notes = 'Notes';

export const copied = 'Copied.';
/** @param {string} name */
export const added = (name) => `Added “${name}”.`;
/** @param {number} n */
export const addedFiles = (n) => plural(n, '1 file added.', '# files added.');
export const open = 'Open';
export const quoteCopied = 'Quote copied.';
export const noRecordingsInFolder = 'No recordings were found in that folder.';
/** @param {string} name */
export const deleted = (name) => `Deleted “${name}”.`;
/** @param {number} n */
export const deletedSeveral = (n) => plural(n, 'Deleted 1 recording.', 'Deleted # recordings.');
/** @param {number} n */
export const deletedFailed = (n) => plural(n, 'Removed 1 failed file.', 'Removed # failed files.');

/** @param {string} language */
export const runningAgainIn = (language) => `Transcribing again in ${language}.`;
export const runningAgain = 'Transcribing again.';
/** @param {string} name of a file */
export const textReplaced = (name) => `The text is that of “${name}” now.`;
export const previousVersionBack = 'The previous version is back.';

export const correctionSaved = 'Your correction was saved.';

export const binEmpty = 'The bin is empty.';
export const backupDue = 'The last backup is more than a month old.';
export const saveBackup = 'Save a backup';
export const backupBeingWritten = 'Saving the backup…';
/** @param {string} name @param {string} size */
export const backupWritten = (name, size) => `Backup saved: ${name} (${size}).`;
export const backupBeingOpened = 'Opening the backup…';
export const backupBeingRead = 'Loading the backup…';
/** @param {number} added @param {number} known @param {number} inBin transcripts */
export const backupLoaded = (added, known, inBin) => {
  const came = plural(added, '1 transcript added.', '# transcripts added.');
  const here = plural(known, '1 was here already.', '# were here already.');
  const deleted = plural(inBin, '1 went to the bin.', '# went to the bin.');
  return [came, known && here, inBin && deleted].filter(Boolean).join(' ');
};

/** @param {string} used @param {string} quota */
export const storageNearlyFull = (used, quota) => `Storage is nearly full: ${used} of ${quota}.`;
export const storageNearlyFullHint =
  'Delete recordings you no longer need, then empty the bin in the settings.';

export const reloadForCores = 'Reload the page once to use all of this device’s processor cores.';
export const newVersionReady = 'A new version of Earwitness is ready.';
export const newVersionLater = 'The new version starts by itself when the work here is done.';
