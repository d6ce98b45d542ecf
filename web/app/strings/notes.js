/** Short notes at the edge of the page. */
import { plural } from './plural.js';

export const undo = 'Undo';
export const reload = 'Reload';
export const dismiss = 'Dismiss';
export const notes = 'Notes';

export const copied = 'Copied.';
export const quoteCopied = 'Quote copied.';
export const noRecordingsInFolder = 'No recordings were found in that folder.';
/** @param {string} name */
export const deleted = (name) => `Deleted “${name}”.`;
/** @param {number} n */
export const deletedFailed = (n) => plural(n, 'Deleted 1 failed file.', 'Deleted # failed files.');

/** @param {string} language */
export const runningAgainIn = (language) => `Running again in ${language}.`;
export const runningAgain = 'Running again.';
export const earlierTextBack = 'The earlier text is back.';

export const correctionSaved = 'Your correction was saved.';
/** @param {string} text */
export const correctionNotSaved = (text) => `Not saved: “${text}”`;

export const binEmpty = 'The bin is empty.';
export const backupBeingWritten = 'The backup is being written.';
/** @param {string} name @param {string} size */
export const backupWritten = (name, size) => `The backup is written: ${name}, ${size}.`;
export const backupBeingRead = 'The backup is being read.';
/** @param {number} added @param {number} known @param {number} inBin transcripts */
export const backupLoaded = (added, known, inBin) => {
  const came = plural(added, '1 transcript came in.', '# transcripts came in.');
  const here = plural(known, '1 was here already.', '# were here already.');
  const deleted = plural(inBin, '1 came into the bin.', '# came into the bin.');
  return [came, known && here, inBin && deleted].filter(Boolean).join(' ');
};

/** @param {string} used @param {string} quota */
export const storageNearlyFull = (used, quota) => `Storage is nearly full: ${used} of ${quota}.`;
export const storageNearlyFullHint =
  'Delete recordings you no longer need, then empty the bin in the settings.';

export const worksOffline = 'This page opens without a connection now.';
export const reloadForCores = 'Reload the page once to use all of this device’s processor cores.';
export const newVersionReady = 'A new version of Earwitness is ready.';
export const newVersionLater = 'The new version starts by itself when the work here is done.';
