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
export const deleteFailed = (n) =>
  plural(n, {
    one: 'Delete 1 failed file',
    other: (count) => `Delete all ${count} failed files`,
  });

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
  const places = plural(hits, { one: '1 place', other: (count) => `${count} places` });
  return plural(transcripts, {
    one: `${places} in 1 transcript.`,
    other: (count) => `${places} in ${count} transcripts.`,
  });
};
export const guesses = 'Similar words';
export const stillReading = 'Still reading the library; there may be more.';
export const anyLanguage = 'Any language';
export const anyTag = 'Any tag';
