/** Dialogs: another run, the question before something is lost, the download of a model. */
import { html } from 'lit';

export const close = 'Close';

// Another run.
export const runAgain = 'Transcribe again';
export const options = 'Options';
export const saveOptions = 'Save';
export const cancel = 'Cancel';
export const model = 'Model';
export const language = 'Language';
export const text = 'Text';
export const namesInIt = 'Likely names and terms';
export const namesExample = 'Hale, Helstone, Thornton';
export const audioTrack = 'Audio track';
export const skipSilence = 'Skip silence and noise';
export const from = 'From';
export const to = 'To';
export const wholeRecording = 'Empty times stand for the whole recording.';
export const correctionsStay = 'Your corrections outside this part stay.';
export const notATime = 'Write a time such as 1:05, 1:05.25 or 1:02:30.';

// The question before corrections go.
export const useText = 'Use this text';
export const addToList = 'Add to the list';
/** @param {string} file @param {string} recording */
export const useTextOf = (file, recording) =>
  `Use the text of “${file}” as the text of “${recording}”?`;
export const formerTextStays =
  'The text on show stays as the previous version. A text without times gets the times of the words that were heard.';
export const goBack = 'Previous version';
/** @param {string} yes what agreeing is called */
export const question = (yes) => `${yes}?`;
export const keepAsItIs = 'Cancel';

// The download of a model.
export const downloadModel = 'Download the speech model?';
/** @param {string} title @param {string} size */
export const modelNeeded = (title, size) =>
  html`To transcribe, this device needs the model <b>${title}</b>: <b>${size}</b>, once. After that it
    works without a connection.`;
export const metered = 'This connection counts data, or asks to save it.';
export const notNow = 'Not now';
export const download = 'Download';

// The passphrase of a backup.
export const passphraseQuestion = 'Open the sealed backup';
export const passphrase = 'Passphrase';
export const wrongPassphrase = 'This passphrase does not open the backup.';
export const wrongPassphraseHint = 'Check it and try again. Without it the backup stays closed.';
export const openBackup = 'Open';

// The details of a recording.
export const details = 'Details';
export const added = 'Added';
export const file = 'File';
export const length = 'Length';
export const wordCount = 'Words';
export const transcribedWith = 'Model';
export const transcribedOn = 'Transcribed on';
export const copyFrom = 'Copy from';
export const thisDevice = 'this device';
export const translated = 'translated to English';
/** @param {string} language @param {number} percent */
export const detected = (language, percent) => `${language} (detected, ${percent} % sure)`;
export const tracks = 'Audio tracks';
