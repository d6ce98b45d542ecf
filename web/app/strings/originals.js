/** A copy of a server's text: what differs, and what can be done about it. */
import { plural } from './plural.js';

/** @param {string} name */
export const copyOf = (name) => `A copy of a text on ${name}.`;
/** @param {number} n @param {string} name */
export const unsent = (n, name) =>
  plural(n, `1 correction is not on ${name} yet.`, `# corrections are not on ${name} yet.`);
export const send = 'Send corrections';
/** @param {string} name */
export const mayNotSend = (name) =>
  `Your key may not change this text on ${name}, so your corrections stay on this device.`;
export const sendLater = 'They are kept here and can be sent later.';
export const tryAgain = 'Try again';
/** @param {readonly string[]} names @param {string} server */
export const newer = (names, server) =>
  names.length ? `Changed on ${server} by ${names.join(', ')}.` : `Changed on ${server}.`;
export const receive = 'Get the changes';
/** @param {string} size @param {string} name */
export const recordingThere = (size, name) => `${name} has the recording (${size}).`;
export const fetchRecording = 'Get the recording';
export const working = 'Asking the server…';

/** @param {string} name */
export const sent = (name) => `Your corrections are on ${name}.`;
/** @param {string} name */
export const received = (name) => `The changes on ${name} are here.`;

// The question after two people changed one sentence.
export const whoseText = 'Whose text stays?';
/** @param {number} n @param {string} name */
export const bothChanged = (n, name) =>
  plural(
    n,
    `1 sentence was changed here and on ${name}.`,
    `# sentences were changed here and on ${name}.`,
  );
export const bothStay = 'The other text stays as a version.';
export const yours = 'Your text';
/** @param {string} name */
export const theirs = (name) => `The text on ${name}`;
export const deleted = '(deleted)';
export const keepChosen = 'Keep the chosen texts';
export const notNow = 'Not now';

// Versions.
export const here = 'On this device';
/** @param {string} name */
export const there = (name) => `On ${name}`;
/** @param {string} name */
export const by = (name) => `by ${name}`;
