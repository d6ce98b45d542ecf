/** Dialogs: another run, the question before something is lost, the download of a model. */
import { html } from 'lit';

export const close = 'Close';

// Another run.
export const runAgain = 'Run again';
export const model = 'Model';
export const language = 'Language';
export const text = 'Text';
export const namesInIt = 'Names and terms in it';
export const audioTrack = 'Audio track';
export const skipSilence = 'Skip what is not speech';
export const from = 'From';
export const to = 'To';
export const correctionsStay = 'Your corrections outside this part stay.';
export const notATime = 'Write a time such as 1:05, 1:05.25 or 1:02:30.';

// The question before corrections go.
export const goBack = 'Go back';
/** @param {string} yes what agreeing is called */
export const question = (yes) => `${yes}?`;
export const keepAsItIs = 'Keep it as it is';

// The download of a model.
export const downloadModel = 'Download the speech model?';
/** @param {string} title @param {string} size */
export const modelNeeded = (title, size) =>
  html`To transcribe, this device needs the model <b>${title}</b>: <b>${size}</b>, once. After that it
    works without a connection.`;
export const metered = 'This connection counts data, or asks to save it.';
export const notNow = 'Not now';
export const download = 'Download';
