/** Moving the edges of a sentence in time. */

export const title = 'Times of the sentence';
export const open = 'Move the sentence in time…';
export const start = 'Starts at';
export const end = 'Ends at';
export const hearStart = 'Hear the start';
export const hearEnd = 'Hear the end';
export const hear = 'Hear';
/** @param {string} edge */
export const earlier = (edge) => `${edge}: 0.1 s earlier`;
/** @param {string} edge */
export const later = (edge) => `${edge}: 0.1 s later`;
export const help = 'Arrow keys move by 0.1 s.';
export const noTime = 'Write a time such as 1:02.5, or 62.5 seconds.';
export const stopped = 'It stops there: the sentence beside it needs the rest of its time.';
export const done = 'Done';
