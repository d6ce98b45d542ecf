/**
 * The frame of the page: its state, its start and what it says while nothing is open. The build
 * writes those words into index.html that show before any script runs: `__name__` there.
 */
import { plural } from './plural.js';

export const description =
  'Transcribes recordings in this browser tab, keeps every word with its time, and finds it again.';
export const needsScript = 'Earwitness runs in your browser and needs JavaScript.';
export const settings = 'Settings';
export const skipToText = 'Skip to the text';
export const stayHere = 'Recordings and text stay on this device.';
export const chooseFiles = 'Choose files';
export const orDrop = 'or drop audio and video anywhere';
export const dropToTranscribe = 'Drop to transcribe';
export const search = 'Search';
export const searchHint = 'Search names and words';

// The state at the top.
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
export const readyOffline = 'Ready, offline';
export const readyWorksOffline = 'Ready, works offline';
export const ready = 'Ready';

// When Python could not start.
/** @param {number} n */
export const filesWait = (n) =>
  plural(n, 'Your file waits until it works.', 'Your # files wait until it works.');
export const details = 'Details';
export const tryAgain = 'Try again';

// While nothing is open.
export const welcome = 'Every word, with its time';
export const howTo =
  'Choose recordings or drop them anywhere on this page: audio or video, as many as you like.';
export const transcribedHere =
  'They are transcribed one after the other, right here. Nothing is uploaded.';
export const transcribedAsSettingsSay =
  'Where they are transcribed is said above, and chosen in the settings.';
export const keptHere = 'What was said is kept on this device, and the search finds it again.';
/** @param {string} model @param {string} size */
export const firstDownload = (model, size) =>
  `The first recording needs the speech model “${model}”: ${size}, downloaded once from this site. Another one can be chosen in the settings.`;
