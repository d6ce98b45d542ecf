/** How files are exported: what each format can be told, and what was chosen last. */
/** @import { AudioFormat, ExportFormat, ExportOptions } from '../generated/messages' */
import { DEFAULT_EXPORT, FORMAT_SHOWS } from '../generated/constants.js';
import { isAudioFormat } from './audio-export.js';
import { isExportFormat } from './extensions.js';
import { library } from './library-client.js';
import { blobOf, fileAt, recall, remember, saveFile } from './platform.js';
import { update } from './store.js';

/** @typedef {keyof ExportOptions} Option */

const CHOICES = 'export-choices';
const FORMAT = 'export-format';
const AUDIO_FORMAT = 'export-audio-format';

/** @param {ExportFormat} format @param {Option} option @param {Partial<ExportOptions>} chosen */
export function isOn(format, option, chosen) {
  const { rules = DEFAULT_EXPORT.rules, children, columns, lines } = chosen;
  const guided = rules !== DEFAULT_EXPORT.rules || children || columns || lines;
  // By a style guide, names are written as text, and only if they are asked for.
  const shown = !(format === 'srt' && guided) && FORMAT_SHOWS[format].includes(option);
  return Boolean(chosen[option] ?? DEFAULT_EXPORT[option] ?? shown);
}

/** @returns {ExportFormat | AudioFormat} the one that was saved last */
export function lastFormat() {
  const known = recall(FORMAT) ?? '';
  return isExportFormat(known) || isAudioFormat(known) ? known : 'docx';
}

/** @returns {string} the format of the sound that was saved last */
export const lastAudioFormat = () => recall(AUDIO_FORMAT) ?? '';

/** @param {AudioFormat} format */
export function rememberAudioFormat(format) {
  remember(FORMAT, format);
  remember(AUDIO_FORMAT, format);
}

/** @param {ExportFormat} format @returns {Partial<ExportOptions>} what was chosen for it last */
export const lastChoices = (format) => everyChoice()[format] ?? {};

/** @param {ExportFormat} format @param {Partial<ExportOptions>} chosen */
export function rememberChoices(format, chosen) {
  remember(FORMAT, format);
  remember(CHOICES, JSON.stringify({ ...everyChoice(), [format]: chosen }));
}

/** @returns {Partial<Record<string, Partial<ExportOptions>>>} */
function everyChoice() {
  try {
    return JSON.parse(recall(CHOICES) ?? '{}');
  } catch {
    return {};
  }
}

/**
 * Show the dialog.
 * @param {readonly string[]} ids of transcripts
 * @param {{ start_s: number, end_s: number } | null} [part] whose sound is exported
 * @param {AudioFormat | null} [sound] the format that is chosen at first; null: the last one
 */
export const openExport = (ids, part = null, sound = null) =>
  update({ exporting: { ids, part, sound } });

/**
 * @param {string} id
 * @param {ExportFormat} format
 * @param {Partial<ExportOptions>} chosen
 */
const exported = (id, format, chosen) =>
  library.request({
    type: 'export',
    transcript_id: id,
    format,
    options: { ...DEFAULT_EXPORT, ...chosen },
  });

/** Characters of a preview. */
const PREVIEW_MOST = 4000;
/** Formats whose files are no text to look at. */
const OPAQUE = new Set(['docx', 'html']);

/** @param {ExportFormat} format */
export const isPreviewed = (format) => !OPAQUE.has(format);

/**
 * @param {string} id
 * @param {ExportFormat} format
 * @param {Partial<ExportOptions>} chosen
 * @returns {Promise<string>} the beginning of the file; of documents, of their text
 */
export async function previewOf(id, format, chosen) {
  const paragraphs = isOn(format, 'paragraphs', chosen);
  const [shown, options] = isPreviewed(format)
    ? [format, chosen]
    : [
        /** @type {const} */ ('txt'),
        {
          ...chosen,
          paragraphs,
          highlights: isOn(format, 'highlights', chosen),
          times: isOn(format, 'times', chosen),
          speakers: isOn(format, 'speakers', chosen),
        },
      ];
  const { text } = await exported(id, shown, options);
  return text.slice(0, PREVIEW_MOST);
}

/**
 * Save one file, or several in one zip.
 * @param {readonly string[]} ids
 * @param {ExportFormat} format
 * @param {Partial<ExportOptions>} [chosen]
 */
export async function saveExport(ids, format, chosen = {}) {
  const options = { ...DEFAULT_EXPORT, ...chosen };
  if (ids.length === 1) {
    const file = await exported(ids[0], format, chosen);
    return saveFile(blobOf(file), file.name);
  }
  const zip = await library.request({
    type: 'export-several',
    transcript_ids: [...ids],
    format,
    options,
  });
  saveFile(await fileAt(zip.path), zip.name);
}
