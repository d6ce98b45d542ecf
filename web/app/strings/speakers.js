/** Who speaks: names, corrections, and the analysis that tells speakers apart. */
import { plural } from './plural.js';

export const speakers = 'Speakers';
export const tellApart = 'Tell speakers apart';
export const howMany = 'How many speakers';
export const automatic = 'automatic';
export const notACount = 'Write a number such as 2, or a range such as 3–5.';
export const find = 'Find the speakers';
export const findAgain = 'Find the speakers again';
export const stop = 'Stop';
/** @param {string} size */
export const download = (size) => `Needs a download of ${size}, once.`;
export const downloadModels = 'Download the speaker models?';
/** @param {string} size */
export const modelsNeeded = (size) =>
  `To tell speakers apart, this device needs two models: ${size}, once. The text is there already.`;
export const unavailable = 'This page has no models for it. Add speakers by hand.';
export const needsAudio = 'The audio of this recording is not stored here. Add speakers by hand.';

// How far the analysis is.
export const waiting = 'Speakers: waiting';
/** @param {number} percent */
export const loading = (percent) => `Downloading the speaker models: ${percent} %`;
/** @param {number} percent */
export const running = (percent) => `Finding the speakers: ${percent} %`;
export const failed = 'The speakers were not found';
/** @param {number} n */
export const count = (n) => plural(n, '1 speaker', '# speakers');

// One speaker.
/** @param {number} n */
export const nameOfSpeaker = (n) => `Name of speaker ${n}`;
/** @param {string} name */
export const sample = (name) => `Hear ${name}`;
export const hear = 'Hear';
/** @param {string} name */
export const mergeWith = (name) => `Merge ${name} with another speaker`;
export const merge = 'Merge with …';
export const mergeNow = 'Merge';
export const add = 'Add speaker';
export const newName = 'Name of a new speaker';
export const nobody = 'Nobody known';

// Corrections.
export const renamed = 'Renamed.';
/** @param {string} one @param {string} other */
export const merged = (one, other) => `${one} and ${other} are one speaker now.`;
/** @param {string} name */
export const added = (name) => `Added ${name}.`;
export const assigned = 'The speaker was changed.';
export const anotherVoice = 'Another voice: find all its sentences';
/** @param {number} sentences @param {string} name */
export const splitOff = (sentences, name) =>
  `${plural(sentences, '1 sentence goes', '# sentences go')} to ${name}.`;
/** @param {string} name */
export const thisSentence = (name) => `This sentence: ${name}`;
/** @param {string} name */
export const fromHereOn = (name) => `From here on: ${name}`;
/** @param {string} time */
export const whoSays = (time) => `Speaker at ${time}`;

// Voices that are remembered.
/** @param {number} percent */
export const recognised = (percent) => `recognised, ${percent} % alike`;
export const rememberVoice = 'Remember voice';
/** @param {string} name */
export const rememberHelp = (name) =>
  `Recognise ${name} in later recordings. The voice print is biometric data and stays on this device.`;
/** @param {string} name */
export const remembered = (name) => `${name} will be recognised in later recordings.`;
export const knownVoices = 'Remembered voices';
export const knownVoicesHelp =
  'A voice print is biometric data. It is kept on this device and in your backups, only for the voices that you chose, and is sent nowhere.';
/** @param {string} name */
export const forget = (name) => `Forget ${name}`;
export const forgetAll = 'Forget all voices';
