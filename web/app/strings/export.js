/** The dialog of an export: format, options, preview. */

/** @param {number} count */
export const title = (count) => (count === 1 ? 'Export' : `Export ${count} transcripts`);
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
export const usual = 'default';
export const preview = 'Preview';
export const previewAsText = 'Preview as text';
export const rest = '…';
export const save = 'Save';
export const saveZip = 'Save as one zip';
export const cancel = 'Cancel';
export const withOptions = 'With options…';
