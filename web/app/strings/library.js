/** The left column: files, the queue, the history, the search and its filters. */
import { plural } from './plural.js';

// The lists.
export const inProgress = 'In progress';
export const recordings = 'Recordings';
export const today = 'Today';
export const yesterday = 'Yesterday';
export const thisWeek = 'This week';
export const lastWeek = 'Last week';
export const showMore = 'Show more';
export const listedHere = 'Your recordings appear here.';
export const noMatch = 'No recording matches the filters above.';
export const noMatchSoFar = 'Nothing listed so far matches the filters above.';
export const incomplete = 'incomplete';
/** @param {string} server */
export const onServer = (server) => `on ${server}`;
/** @param {number} n */
export const unreadable = (n) => plural(n, '1 file could not be read', '# files could not be read');
export const show = 'Show';
export const hide = 'Hide';
/** @param {number} n */
export const removeUnreadable = (n) => plural(n, 'Remove 1 failed file', 'Remove # failed files');
export const moreActions = 'More actions';

// Order and selection.
export const sortAndSelect = 'Sort and select';
export const newestFirst = 'Newest first';
export const byName = 'By name';
export const longestFirst = 'Longest first';
export const selectSeveral = 'Select several';
/** @param {string} name */
export const select = (name) => `Select ${name}`;
/** @param {number} n */
export const selected = (n) => `${n} selected`;
export const selection = 'Selection';
export const endSelection = 'End the selection';
export const addTag = 'Add tag';
export const tagName = 'Tag';
export const exportSelected = 'Export';
export const transcribeAgain = 'Transcribe again';
export const remove = 'Delete';

// The search.
export const searchIn = 'Search in';
export const thisDevice = 'This device';
export const server = 'Server';
export const searching = 'Searching…';
/** @param {string} origin */
export const searchingOn = (origin) => `Searching on ${origin}…`;
export const nothingFound = 'Nothing found.';
/** @param {number} hits @param {number} transcripts */
export const found = (hits, transcripts) => {
  const places = plural(hits, '1 place', '# places');
  return `${places} in ${plural(transcripts, '1 transcript', '# transcripts')}.`;
};
export const guesses = 'Similar words';
export const stillReading = 'Still reading the library; there may be more.';
export const anyLanguage = 'Any language';
export const anyTag = 'Any tag';
