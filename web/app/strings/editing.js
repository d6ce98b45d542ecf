/** Correcting a text: saving, undo, find and replace, versions. */
import { plural } from './plural.js';

// Saving.
export const saving = 'Saving…';
export const saved = 'Saved';
export const draftSaved = 'A correction from your last visit was saved.';
export const draftNotKept =
  'This device cannot store what you type. Press Ctrl Enter to save it before you close the page.';
export const savedLater =
  'It stays on this device. Earwitness tries to save it again when you open the page next.';
export const notStored =
  'It is not on this device. Copy it, make room on the device, and correct the paragraph again.';
export const otherKept = 'The other text was kept.';
export const paragraphChanged = 'The paragraph has changed since.';
export const copy = 'Copy';
/** The start of a text that is not saved. @param {string} text */
export const notSaved = (text) =>
  `Not saved: “${text.length > 400 ? `${text.slice(0, 400)}…` : text}”`;
/** @param {string} text of the sentence */
export const struck = (text) => `Deleted: “${text.length > 60 ? `${text.slice(0, 60)}…` : text}”`;
export const discarded = 'Your changes to this paragraph were discarded.';
export const undo = 'Undo';

// Two people.
export const changedElsewhere = 'This text was changed in another place while you were typing.';
export const keepMine = 'Keep your text';
export const keepOther = 'Keep the other text';
/** @param {string} yours @param {string} theirs */
export const twoTexts = (yours, theirs) => `Yours: “${yours}” The other: “${theirs}”`;

// Redactions.
export const redacted = 'Redacted. “Redactions” in the menu lists what is hidden.';

// Undo.
export const undone = 'Undone.';
export const redone = 'Redone.';
export const nothingToUndo = 'There is nothing to undo.';
export const nothingToRedo = 'There is nothing to redo.';

// Find and replace.
export const findAndReplace = 'Find and replace';
export const find = 'Find';
export const replaceWith = 'Replace with';
export const matchCase = 'Match case';
export const wholeWords = 'Whole words';
export const regularExpression = 'Regular expression';
/** @param {number} n */
export const placesFound = (n) => (n ? plural(n, '1 place found', '# places found') : 'Not found');
/** @param {number} n */
export const morePlaces = (n) => plural(n, 'Show 1 more', 'Show # more');
/** @param {number} n */
export const replacePlaces = (n) => plural(n, 'Replace 1 place', 'Replace # places');
/** @param {number} n */
export const replaced = (n) => plural(n, '1 place replaced.', '# places replaced.');
/** @param {number} n */
export const moreOfThem = (n) => plural(n, '1 more', '# more');
export const inAllRecordings = 'In all recordings';
/** @param {number} n @param {number} recordings */
export const placesFoundIn = (n, recordings) =>
  n ? `${placesFound(n)} in ${plural(recordings, '1 recording', '# recordings')}` : placesFound(0);
/** @param {number} n @param {number} recordings */
export const replacedIn = (n, recordings) =>
  `${plural(n, '1 place', '# places')} replaced in ${plural(recordings, '1 recording', '# recordings')}.`;
/** @param {readonly string[]} names */
export const leftAsTheyAre = (names) =>
  `Changed since the search and left as they are: ${names.join(', ')}. Search again to replace there too.`;
/** @param {readonly string[]} names */
export const notReplaced = (names) => `Not replaced: ${names.join(', ')}.`;
/** @param {string} name */
export const expectName = (name) =>
  name ? `Expect “${name}” in later recordings` : 'Expect this name in later recordings';
/** @param {string} time */
export const goTo = (time) => `Go to ${time}`;
export const close = 'Close';

// Versions.
export const versions = 'Versions';
/** @param {number} n */
export const olderVersions = (n) => plural(n, 'Show 1 older version', 'Show # older versions');
export const textNow = 'The text now';
export const compare = 'Compare';
export const restore = 'Restore';
export const restored = 'The version was restored.';
export const noDifferences = 'This version is the same as the text now.';

// Speakers by keys.
/** @param {number} n */
export const newSpeaker = (n) => `Speaker ${n}`;
/** @param {number} n */
export const noSuchSpeaker = (n) => `There is no speaker ${n} yet. Add names in Speakers.`;
/** @param {string} name */
export const givenTo = (name) => (name ? `Speaker: ${name}` : 'Nobody known');

// Pasting.
/** @param {string} characters */
export const pastedPart = (characters) =>
  `Only the first ${characters} characters were pasted. Paste the rest into other paragraphs.`;
