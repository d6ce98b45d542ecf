/** A job in words. */
export const waiting = 'Waiting';
export const waitingNext = 'Next';
/** @param {string} place `2nd` */
export const waitingPlace = (place) => `${place} in the queue`;
/** @param {string} server */
export const waitingToBeSent = (server) => `Waiting to be sent to ${server}`;
/** @param {string} server */
export const waitingFor = (server) => `Waiting for ${server}`;
/** @param {string} server @param {number} percent */
export const sending = (server, percent) => `Sending to ${server}: ${percent} %`;
export const loadingModel = 'Loading model';
/** @param {number} percent */
export const loadingModelPercent = (percent) => `Loading model ${percent} %`;
export const preparingModel = 'Preparing the model';
/**
 * @param {string} server empty: this device
 * @param {string} position empty while the length is not known, as is `length`
 * @param {string} length
 * @param {string} left as `almostDone` or `left` say it; empty while nobody knows
 */
export const transcribing = (server, position, length, left) => {
  const where = server ? `Transcribing on ${server}` : 'Transcribing';
  const how = length ? `${where} ${position} of ${length}` : where;
  return left ? `${how}, ${left}` : how;
};
export const almostDone = 'almost done';
/** @param {number} minutes rounded up; 0 or less: less than one */
export const left = (minutes) => {
  if (minutes <= 1) return minutes < 1 ? 'less than a minute left' : 'about a minute left';
  const hours = Math.floor(minutes / 60);
  return hours ? `about ${hours} h ${minutes % 60} min left` : `about ${minutes} min left`;
};
export const alreadyHere = 'You already have this recording.';
export const pausing = 'Pausing…';
/** @param {string} position @param {string} length empty while it is not known */
export const pausedAt = (position, length) =>
  length ? `Paused at ${position} of ${length}` : `Paused at ${position}`;
export const audioGone = 'The audio is no longer on this device.';
export const done = 'Done';
export const failed = 'Failed.';
export const cancelled = 'Cancelled';
/** @param {string} position */
export const cancelledAt = (position) => `Cancelled at ${position}`;
/** @param {number} number from 1 @param {string} name as the file has it, may be empty */
export const track = (number, name = '') =>
  name ? `Track ${number} – ${name}` : `Track ${number}`;

/** @param {number} percent @param {string} left empty while nobody knows */
export const progress = (percent, left) => (left ? `${percent} % · ${left}` : `${percent} %`);

// For a screen reader, and while the file is on its way to the library.
/** @param {string} name @param {string} text */
export const announced = (name, text) => `${name}: ${text}`;
/** @param {string} name @param {string} title of the page */
export const openInTitle = (name, title) => `${name} · ${title}`;
/** @param {number} percent @param {string} name @param {string} title of the page */
export const inTitle = (percent, name, title) => `${percent} % · ${name} · ${title}`;
export const savingFile = 'Saving the file';
export const waitingForStart = 'Waiting for Earwitness to start';

// Buttons.
export const retry = 'Retry';
export const remove = 'Delete';
export const cancel = 'Cancel';
export const pause = 'Pause';
export const resume = 'Resume';
export const moveToFront = 'Move to front';
export const transcribeHere = 'Transcribe on this device';
export const sendToServer = 'Send to the server';
export const options = 'Options…';
export const openTheOther = 'Open it';
export const transcribeAgain = 'Transcribe again';
export const removeFile = 'Remove';
export const chooseFileAgain = 'Choose file again';
