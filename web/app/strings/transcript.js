/** The text, its tools and the player. */
import { html } from 'lit';
import { plural } from './plural.js';

export const opening = 'Opening…';
/** Its words are not saved yet, and may still change. */
export const partial = 'Being transcribed';
export const noSpeech = 'No speech was found in this recording.';

// Following the player and new text.
/** @param {string} time */
export const backTo = (time) => `Back to ${time} ↓`;
export const newestText = 'Newest text ↓';

// The text.
export const text = 'Transcript';
/** @param {string} time @param {string} words */
export const placeFound = (time, words) => `${time}, ${words}`;
export const shortcuts = 'Keyboard shortcuts';

// Notes above the text.
/** @param {number} n */
export const wordsToCheck = (n) => plural(n, '1 word to check', '# words to check');
export const nextDoubt = 'Next';
export const nextDoubtTitle = 'Next doubtful word (N)';
/** @param {number} n */
export const speakersToCheck = (n) => plural(n, '1 uncertain speaker', '# uncertain speakers');
export const nextUncertain = 'Next place where the speaker is uncertain';
export const right = 'Right';
export const speakerIsRight = 'The speaker of this sentence is right';
export const hitsInText = 'Places found in this transcript';
/** @param {number} number 0: at none of them @param {number} of */
export const hitOf = (number, of) =>
  number ? `${number} of ${of}` : plural(of, '1 place found', '# places found');
export const previousHit = 'Previous place';
export const nextHit = 'Next place';
export const hideHits = 'Hide what was found';
export const enter = 'Enter';
export const shiftEnter = 'Shift Enter';
export const escapeKey = 'Esc';
/** @param {string} label @param {string} key */
export const withKey = (label, key) => `${label} (${key})`;

// The selection.
export const selection = 'Selected text';
export const playSelection = 'Play';
export const correct = 'Correct';
export const copyQuote = 'Copy quote';
export const saveSound = 'Save sound…';
export const redact = 'Redact';
export const hearAgain = 'Hear again…';
/** @param {string} speaker @param {string} text */
export const speakerSays = (speaker, text) => `${speaker}: ${text}`;
/**
 * @param {string} text
 * @param {{ speaker: string, time: string, title: string, date: string }} of what the text is
 */
export const quoted = (text, { speaker, time, title, date }) =>
  `“${text}” — ${[speaker, time, title].filter(Boolean).join(', ')}${date && ` (${date})`}`;

// Sentences.
/** @param {string} time */
export const playFrom = (time) => `Play from ${time}`;
export const noText = 'no text';
export const editor = 'Text';
export const edited = 'edited';
/** @param {string} text */
export const heardTitle = (text) => `Heard: ${text}`;
/** @param {string} text */
export const restoreHeard = (text) => `Restore “${text}”`;

// Notes beside a recording.
/** @param {string} address */
export const sameRecording = (address) =>
  html`This recording is here already: <a href=${address}>open it</a>, or let it be transcribed
    again.`;
/** @param {string} position @param {string} length as the file has it */
export const endsEarly = (position, length) =>
  position === length
    ? `The file is damaged: nothing after ${position} could be decoded. If there should be more, copy or download the file again.`
    : `The sound ends at ${position}, though the file says ${length}. If there should be more, copy or download the file again.`;
/** @param {readonly string[]} names the main language first */
export const spokenLanguages = (names) => `Languages: ${names.join(', ')}.`;
/** @param {string} name */
export const keepToLanguage = (name) => `Transcribe again in ${name} only`;
/** @param {string} used the end of the names and terms */
export const promptCut = (used) =>
  `There are too many names and terms for this model. It used the last ones, from “${used.slice(0, 40)}…” on.`;
/** @param {string} time @param {string} model */
export const takesLong = (time, model) => `About ${time} on this device with ${model}.`;
/** @param {string} model @param {string} time */
export const useQuicker = (model, time) => `Use ${model} instead, about ${time}`;
