/** Highlights and notes. */
/** @import { Highlight } from '../../generated/messages' */
import { plural } from './plural.js';

/** @type {Record<Highlight['colour'], string>} */
export const colours = {
  yellow: 'Yellow',
  green: 'Green',
  blue: 'Blue',
  pink: 'Pink',
  purple: 'Purple',
};

// The selection and the text.
export const highlight = 'Highlight';
export const addNote = 'Note';
/** @param {string} colour */
export const marked = (colour) => `Highlighted, ${colour.toLowerCase()}`;
/** @param {number} n */
export const notesBeside = (n) => plural(n, '1 note', '# notes');
export const markedBeside = 'marked';
/** @param {string} text */
export const showNotes = (text) => `Show highlight: ${text}`;

// One of them.
export const about = 'Highlight';
export const colour = 'Colour';
export const label = 'Label';
export const note = 'Note';
export const remove = 'Remove highlight';
export const done = 'Done';
export const removed = 'Highlight removed.';

// The list.
export const highlights = 'Highlights and notes';
/** @param {number} n */
export const count = (n) => plural(n, '1 highlight', '# highlights');
/** @param {number} shown @param {number} all */
export const countOf = (shown, all) => `${shown} of ${count(all)}`;
export const none = 'Nothing is highlighted. Select words and press H.';
export const allLabels = 'All labels';
export const allColours = 'All colours';
export const noWords = 'These words are deleted.';
/** @param {string} time */
export const goTo = (time) => `Go to ${time}`;
export const edit = 'Edit';
export const copyAll = 'Copy as text';
export const close = 'Close';
/**
 * @param {{ time: string, text: string, label: string, note: string }} of one highlight
 */
export const asText = ({ time, text, label: named, note: said }) =>
  [`${time} ${text ? `“${text}”` : noWords}${named && ` [${named}]`}`, said]
    .filter(Boolean)
    .join('\n');
