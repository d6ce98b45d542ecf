/** Redactions: the list, and the question before they are made final. */
import { plural } from './plural.js';

export const redactions = 'Redactions';
export const none = 'Nothing is redacted. Select words in the text, then choose Redact.';
export const notFinalYet =
  'No text, search, copy or file has these words. You can still read and hear them here.';
export const noWords = 'No words';
export const final = 'Final';
export const showAgain = 'Show again';
export const makeFinal = 'Make final';
/** @param {string} time */
export const goTo = (time) => `Go to ${time}`;
/**
 * @param {number} words
 * @param {number} seconds
 * @param {boolean} isSilenced
 */
export const whatGoes = (words, seconds, isSilenced) =>
  `${plural(words, '1 word is', '# words are')} deleted for good, with the versions of the text, ` +
  `undo and the file of the last backup.${
    isSilenced
      ? ` ${plural(
          seconds,
          '1 second of the recording becomes silent',
          '# seconds of the recording become silent',
        )}: it is stored as a WAV file, without a picture and other tracks.`
      : ''
  }`;
export const whatStays =
  'Backups, downloads and copies that you or others have made before keep the words. So does a ' +
  'server that cannot be reached now, the list of names and terms in the settings, and what you ' +
  'wrote yourself: notes, labels, tags and names.';
export const silencing = 'The recording is being silenced…';
export const madeFinal = 'The redactions are final.';
/** @param {string} origin */
export const serverMissed = (origin) =>
  `${origin} still has the words: it could not be reached, or it refused. Delete its copy there.`;
export const unsaved = {
  message: 'There is a correction that is not saved.',
  hint: 'Finish typing first.',
};
