/** The list of keys. */

export const title = 'Keyboard shortcuts';
export const or = 'or';

// Keys.
export const space = 'Space';
export const enter = 'Enter';
export const escapeKey = 'Esc';
export const doubleClick = 'double click';
/** @param {string} key */
export const shift = (key) => `Shift ${key}`;
/** @param {string} key */
export const control = (key) => `Ctrl ${key}`;
export const backspace = 'Backspace';
export const deleteKey = 'Delete';

// What they do.
export const playPause = 'Play or pause';
export const back = 'Back 5 seconds';
export const forward = 'Forward 5 seconds';
export const sentences = 'Previous or next sentence';
export const paragraphs = 'Previous or next paragraph, in the text';
export const speed = 'Slower or faster';
export const correct = 'Correct the paragraph';
export const saveOrCancel = 'While correcting: save, cancel';
export const splitOrJoin = 'While correcting: split the sentence, join with the paragraph before';
export const playWhileTyping = 'While correcting: play or pause, back, forward';
export const undo = 'Undo, redo';
export const speaker = 'Speaker of the selected words or the paragraph; 0: nobody known';
export const paragraphMenu = 'Menu of the paragraph: its speaker, or what was recognised';
export const strike = 'Delete the selected words or the sentence';
export const findAndReplace = 'Find and replace';
export const highlight = 'Highlight the selected words or the sentence; again: its label and note';
export const times = 'Move the start or the end of the sentence';
export const heard = 'What was heard at the word, and what else it may have been';
export const quote = 'Copy a quote with its time';
export const doubts = 'Next or previous doubtful word';
export const confirm = 'At a doubtful word: it is right. In the text: play from here';
export const hits = 'Next or previous place found';
export const search = 'Search every recording';
export const close = 'Stop correcting, hide what was found, close';
export const list = 'This list';

// Settings beside it.
export const singleKeys = 'Use single keys';
export const singleKeysHelp =
  'Turn this off if speech input or another program types letters by mistake.';
export const showDoubts = 'Show doubtful words';
export const showDoubtsHelp =
  'A word is dotted where the chance that it is wrong is one in three or more.';
