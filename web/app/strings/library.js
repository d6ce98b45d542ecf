/** The left column: files, the queue, the history, the search and its filters. */
import { plural } from './plural.js';

// The lists.
export const inProgress = 'In progress';
export const transcripts = 'Transcripts';
export const showMore = 'Show more';
export const listedHere = 'Transcripts will be listed here.';
export const noMatch = 'No transcript matches the filters above.';
export const noMatchSoFar = 'Nothing listed so far matches the filters above.';
/** @param {number} n */
export const deleteFailed = (n) => plural(n, 'Delete 1 failed file', 'Delete all # failed files');

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
