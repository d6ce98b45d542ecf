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
/** Before what was found in a highlight's label or note. */
export const noteHit = 'Note:';
export const searching = 'Searching…';
/** @param {string} query */
export const nothingFound = (query) => `Nothing found for “${query}”.`;
export const nothingFoundHint = 'Check the spelling, or search for fewer words.';
export const searchAll = 'Search without filters';
/** @param {number} hits @param {number} recordings */
export const found = (hits, recordings) =>
  `${hits} in ${plural(recordings, '1 recording', '# recordings')}`;
/** @param {number} n */
export const guesses = (n) => `Similar words (${n})`;
export const stillReading = 'Still reading the library; there may be more.';
/** @param {string} time */
export const playFrom = (time) => `Play from ${time}`;
export const anyLanguage = 'Any language';
export const anyTag = 'Any tag';
export const languageFilter = 'Language';
export const tagFilter = 'Tag';
export const anySpeaker = 'Any speaker';
export const speakerFilter = 'Speaker';
export const anyDate = 'Any date';
export const dateFilter = 'Date';
/** Days that end today. @param {number} n */
export const lastDays = (n) => `Last ${n} days`;
export const chosenDays = 'From … to …';
export const from = 'From';
export const to = 'To';
export const fromAfterTo = '“From” is later than “To”.';
/** @param {string} from @param {string} to dates as the user writes them; empty: no limit */
export const days = (from, to) => {
  if (from && to) return from === to ? from : `${from} – ${to}`;
  return from ? `Since ${from}` : `Until ${to}`;
};
export const anyLabel = 'Any label';
export const labelFilter = 'Label';

// The library of a server.
/** @param {string} name */
export const onServer = (name) => `On ${name}`;
/** @param {string} name @param {number} n */
export const onServerCount = (name, n) => `On ${name} (${n})`;
export const nothingOnServer = 'No recordings there yet.';
/** @param {string} name */
export const transcribedOn = (name) => `on ${name}`;
/** @param {string} name */
export const copyFrom = (name) => `copy from ${name}`;
