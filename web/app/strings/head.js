/** The header over a text: its name, the export, and everything else that can be done with it. */
/** @import { ExportFormat } from '../../generated/messages' */

export const header = 'Recording';
export const undo = 'Undo';
export const redo = 'Redo';
export const findAndReplace = 'Find and replace…';
export const versions = 'Versions…';
export const redactions = 'Redactions…';
export const rename = 'Rename';
export const name = 'Name';

// Tags.
export const tags = 'Tags';
export const addTag = 'Add a tag';
/** @param {string} tag */
export const removeTag = (tag) => `Remove tag ${tag}`;

// Export.
export const exportAs = 'Export';
export const copyText = 'Copy text';
export const moreFormats = 'More formats';
/** In the order of the menu. @type {Record<ExportFormat, string>} */
export const formats = {
  txt: 'Text',
  docx: 'Word',
  html: 'Web page',
  md: 'Markdown',
  srt: 'Subtitles, SubRip',
  vtt: 'Subtitles, WebVTT',
  json: 'Everything, JSON',
  csv: 'Table, CSV',
  tsv: 'Table, TSV',
  lrc: 'Lyrics, LRC',
  ass: 'Subtitles, ASS',
  ttml: 'Subtitles, TTML',
  openai: 'JSON as OpenAI writes it',
  labels: 'Labels for Audacity',
  chapters: 'Chapters',
  edl: 'Markers, EDL',
  fcpxml: 'Markers, FCPXML',
};
/** Behind "More formats". @type {ReadonlySet<string>} */
export const rareFormats = new Set([
  'tsv',
  'lrc',
  'ass',
  'ttml',
  'openai',
  'labels',
  'chapters',
  'edl',
  'fcpxml',
]);

// Everything else.
export const more = 'More';
export const details = 'Details…';
export const transcribeAgain = 'Transcribe again…';
export const textFromFile = 'Text from a file…';
export const previousVersion = 'Previous version';
export const remove = 'Delete';
