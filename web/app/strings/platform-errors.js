/** What the workers could not do with the browser's own means, and what the user can do then. */

// Recordings.
export const fileEmpty = {
  message: 'The file is empty.',
  hint: 'Choose a file that holds a recording.',
};
export const fileUnreadable = {
  message: 'The file cannot be read: it was moved, changed or locked after you chose it.',
  hint: 'Choose it again.',
};
/** @param {number} number from 1 */
export const noSuchTrack = (number) => ({
  message: `The file has no audio track ${number}.`,
  hint: 'Choose another file or track.',
});
export const indexMissing = {
  message: 'The file is incomplete: the index that tells where its sound lies is missing.',
  hint: 'Copy or download it again; a recording that was cut off needs a repair program.',
};
export const noSound = { message: 'This file has no sound.', hint: 'Choose another file.' };
export const decodersNotLoaded = {
  message: 'The decoders for recordings could not be loaded.',
  hint: 'Check the connection and retry.',
};
/** @param {string} [codec] where it is known */
export const codecUnknown = (codec) => ({
  message: codec
    ? `The file's audio cannot be decoded (${codec}).`
    : "The file's audio cannot be decoded.",
  hint: 'Convert it to MP3, M4A, Opus, FLAC or WAV.',
});
const convert = 'Check that it plays elsewhere, or convert it to MP3, M4A, Opus, FLAC or WAV.';
export const formatUnknown = {
  message: "Earwitness can't read this file.",
  hint: convert,
};
export const beginningDamaged = {
  message: 'The file is damaged: its beginning cannot be read.',
  hint: convert,
};
export const soundDamaged = {
  message: 'The file is damaged: its sound cannot be decoded.',
  hint: convert,
};
export const audioMissing = {
  message: 'The audio of this transcript is not on this device.',
  hint: 'Choose the file again.',
};
export const recordingChanged = {
  message: 'The recording was changed while its sound was exported.',
  hint: 'Export the sound again.',
};
export const recordingGone = {
  message: 'The recording is no longer on this device.',
  hint: 'Add it again.',
};

// Packages that are loaded when they are needed.
export const toolNotStarted = {
  message: 'A part of Earwitness could not be loaded.',
  hint: 'Check the connection and try again.',
};

// Models and the engine.
/** @param {string} id */
export const noSuchModel = (id) => ({
  message: `This page has no model “${id}”.`,
  hint: 'Choose another one in the settings.',
});
/** @param {string} id @param {string} path */
export const modelLacksFile = (id, path) => ({
  message: `The model “${id}” lacks ${path}.`,
  hint: 'Choose another model, or tell whoever runs this page.',
});
export const catalogueUnreadable = {
  message: 'The list of models could not be read.',
  hint: 'Check the connection and retry.',
};
export const modelNotDownloaded = {
  message: 'The model could not be downloaded.',
  hint: 'Check the connection and retry.',
};
export const modelCutOff = {
  message: 'The model could not be downloaded.',
  hint: 'Check the connection and retry; what has arrived is kept.',
};
export const modelDamaged = {
  message: 'The model arrived damaged, twice.',
  hint: 'Retry later, or tell whoever runs this page.',
};
export const engineNotLoaded = {
  message: 'The speech engine could not be loaded.',
  hint: 'Check the connection and reload the page.',
};

// The browser.
export const noWebAssembly = {
  message: 'This browser has WebAssembly switched off.',
  hint: 'Use a current Chrome, Edge, Firefox or Safari.',
};
export const noSimd = {
  message: 'This browser or its processor has no WebAssembly SIMD, which speech recognition needs.',
  hint: 'Use a current browser or another device; everything already transcribed stays readable.',
};
export const noPrivateFiles = {
  message:
    'This browser offers the page no private file storage, so recordings and models cannot be kept.',
  hint: 'Leave private browsing, or use a current Chrome, Edge, Firefox or Safari over https.',
};
export const noIndexedDb = {
  message: 'This browser offers no IndexedDB, so nothing could be kept.',
  hint: 'Leave private browsing or use another browser.',
};
export const partDamaged = {
  message: 'A part of Earwitness is missing or damaged, so it cannot start.',
  hint: 'Reload the page; if that does not help, clear this site’s data or tell whoever runs it.',
};
export const pythonNotStarted = {
  message: 'Python did not start in this browser.',
  hint: 'Reload the page; close other tabs if memory is short, or use a current browser.',
};
export const workerFailed = {
  message: 'The page had an unexpected error.',
  hint: 'Reload the page; if it happens again, report it with the detail.',
};

// Storage.
export const newerInOtherTab = {
  message: 'Another tab runs a newer version of Earwitness.',
  hint: 'Reload this tab.',
};
export const libraryNewer = {
  message: 'Your library was written by a newer version of Earwitness.',
  hint: 'Reload the page to get that version.',
};
const subjects = {
  recording: 'The recording',
  recordings: 'The list of recordings',
  deletion: 'The deletion',
  library: 'Your library',
  change: 'The change',
  model: 'The model',
  backup: 'The backup',
  lastBackup: 'The deletion of the last backup',
  playback: 'The copy for playing this recording',
  sound: 'The exported sound',
};
/** @typedef {keyof typeof subjects} Stored what could not be stored, read or deleted */
/** @param {Stored} what */
export const doesNotFit = (what) => ({
  message: `${subjects[what]} does not fit in this browser's storage.`,
  hint: 'Delete recordings you no longer need, or free space on this device, and retry.',
});
/** @param {Stored} what */
export const storageRefused = (what) => ({
  message: `${subjects[what]} cannot be kept: this browser refuses its storage to the page.`,
  hint: 'Leave private browsing, allow site data for this page, and reload.',
});
/** @param {Stored} what */
export const notWritten = (what) => ({
  message: `${subjects[what]} could not be written to this device.`,
  hint: 'Retry; if it fails again, reload the page.',
});
