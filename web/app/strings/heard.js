/** What was heard at a word. */

export const title = 'What was heard';
export const short = 'Heard as…';
export const open = 'What was heard at the word…';
export const openTitle = 'What was heard here, and what else it may have been';
/** @param {string} text */
export const heard = (text) => `Heard: ${text}`;
export const nothing = 'Nothing was heard here.';
export const others = 'It may also have been';
export const noOthers = 'The recognition had no other word for it.';
/** @param {string} text */
export const goBack = (text) => `Go back to “${text}”`;
export const play = 'Play';
export const close = 'Close';
