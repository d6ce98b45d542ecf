/** The text, its tools and the player. */
import { html } from 'lit';

export const opening = 'Opening…';
export const noSpeech = 'No speech was found in this recording.';

// Following the player and new text.
/** @param {string} time */
export const backTo = (time) => `Back to ${time} ↓`;
export const newestText = 'Newest text ↓';

// Sentences.
export const save = 'Save';
/** @param {string} time */
export const playFrom = (time) => `Play from ${time}`;
/** @param {string} time */
export const editAt = (time) => `Edit ${time}`;
export const edit = 'Edit';
export const noText = 'no text';
export const editor = 'Text';
export const keepAsItWas = 'Cancel';
export const edited = 'edited';
/** @param {unknown} text */
export const heard = (text) => html`Heard: ${text}`;
/** @param {string} text */
export const heardTitle = (text) => `Heard: ${text}`;
export const useHeard = 'Restore what was heard';

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
