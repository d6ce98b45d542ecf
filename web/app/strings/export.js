/** The dialog of an export: format, options, preview. */

/** @param {number} count */
export const title = (count) => (count === 1 ? 'Export' : `Export ${count} transcripts`);
export const titleOfPart = 'Export the selected sound';
export const format = 'Format';
export const speakers = 'Names of speakers';
export const times = 'Times';
export const timesEvery = 'Seconds between times';
export const paragraphs = 'Paragraphs';
export const words = 'Times of words';
export const table = 'As a table';
export const rules = 'Style guide';
/** @type {readonly (readonly [value: string, text: string])[]} */
export const guides = [
  ['earwitness', 'None'],
  ['netflix', 'Netflix'],
  ['bbc', 'BBC'],
];
export const children = 'Slow enough for children';
export const columns = 'Characters a line';
export const lines = 'Lines';
export const frames = 'Frames a second';
export const mark = 'With the mark that Excel needs';
export const highlights = 'Highlights and notes';
export const highlightsOnly = 'Only what is highlighted';
export const usual = 'default';
export const preview = 'Preview';
export const previewAsText = 'Preview as text';
export const save = 'Save';
export const saveZip = 'Save as one zip';
export const cancel = 'Cancel';
export const withOptions = 'With options…';

// Sound.
/** @type {Record<import('../../generated/messages').AudioFormat, string>} */
export const audioFormats = {
  wav: 'Sound, WAV',
  m4a: 'Sound, M4A',
  opus: 'Sound, Opus',
};
/** @type {Record<import('../../generated/messages').AudioFormat, string>} */
export const audioAbout = {
  wav: 'Every sample as it was recorded. An hour takes 100 to 700 MB.',
  m4a: 'Plays everywhere. An hour takes about 45 MB.',
  opus: 'Plays in browsers and most players. An hour takes about 45 MB.',
};
/** @param {string} from @param {string} to */
export const part = (from, to) => `From ${from} to ${to}.`;
/** @param {number} here @param {number} all */
export const onThisDevice = (here, all) =>
  here === 1
    ? `1 of ${all} recordings is on this device.`
    : `${here} of ${all} recordings are on this device.`;
/** @param {string} at @param {string} end */
export const writing = (at, end) => `Writing: ${at} of ${end}`;
/** @param {string} at @param {string} end @param {number} number @param {number} all */
export const writingSeveral = (at, end, number, all) =>
  `Writing recording ${number} of ${all}: ${at} of ${end}`;
