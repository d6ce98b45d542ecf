/**
 * The frame of the page: its state, its start and what it says while nothing is open. The build
 * writes those words into index.html that show before any script runs: `__name__` there.
 */
import { plural } from './plural.js';

export const description =
  'Transcribes recordings in this browser tab, keeps every word with its time, and finds it again.';
export const needsScript = 'Earwitness runs in your browser and needs JavaScript.';
export const settings = 'Settings';
export const library = 'Library';
export const openLibrary = 'Open the library';
export const closeLibrary = 'Close the library';
export const skipToText = 'Skip to the text';
export const stayHere = 'Recordings and text stay on this device.';
export const addFiles = 'Add files';
export const chooseFiles = 'Choose files';
export const dropToTranscribe = 'Drop to transcribe';
/** @param {number} n */
export const dropFiles = (n) =>
  plural(n, 'Drop to transcribe 1 file', 'Drop to transcribe # files');
export const search = 'Search';
export const searchHint = 'Search every recording';
/** A shortcut of the installed page. */
export const newestTranscript = 'Newest transcript';

// The state, at the foot of the library.
export const status = 'Status';
export const couldNotStart = 'Could not start';
export const openingLibrary = 'Opening the library';
export const starting = 'Starting';
export const transcribing = 'Transcribing';
/** @param {number} percent */
export const transcribingPercent = (percent) => `Transcribing ${percent} %`;
export const sendingToServer = 'Sending to the server';
export const loadingModel = 'Loading model';
export const pausing = 'Pausing';
export const noConnection = 'No connection';
export const worksOffline = 'Ready to work offline';

// When Python could not start.
/** @param {number} n */
export const filesWait = (n) =>
  plural(n, 'Your file waits until it works.', 'Your # files wait until it works.');
export const details = 'Details';
export const tryAgain = 'Try again';

// While nothing is open.
export const welcome = 'Turn recordings into text you can search.';
export const neverLeave = 'Your recordings never leave this device.';
/** @param {string} name of the server */
export const sentTo = (name) => `New recordings are transcribed on ${name}.`;
/** @param {string} name of the server */
export const maySendTo = (name) => `Recordings that are too much for this device go to ${name}.`;
export const change = 'Change…';
export const howWeMakeSure = 'How we make sure';
export const howItStays =
  'The speech model runs in this tab. The page has no account, no tracking and no upload. After the first use it works without a connection.';
export const trySample = 'Try the sample: a radio address of one minute';
export const findsEverything = 'Search finds any word in every recording.';
export const dropHere = 'Drop audio or video here';
export const orDropMore = 'Audio or video, as many files as you like.';
/** @param {string} model @param {string} size */
export const firstDownload = (model, size) =>
  `First use loads the speech model “${model}” once (${size}).`;
