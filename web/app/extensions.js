/** Packages of Python that add formats and rules: kept and run by the library. */
/** @import { ExportedFile, ExportFormat, ExtensionView, Request } from '../generated/messages' */
import { EXTENSIONS } from '../generated/constants.js';
import { library } from './library-client.js';
import { update } from './store.js';

/** @param {string} format @returns {format is ExportFormat} whether Earwitness itself has it */
export const isExportFormat = (format) => Object.hasOwn(EXTENSIONS, format);

/**
 * @param {Extract<Request, { type: 'list-extensions' | 'add-extension' | 'enable-extension'
 *   | 'remove-extension' }>} request
 * @param {readonly File[]} [files]
 * @returns {Promise<readonly ExtensionView[]>} all of them afterwards, which the page shows
 */
async function ask(request, files) {
  const { extensions } = await library.request(request, files);
  update({ extensions });
  return extensions;
}

export const listExtensions = () => ask({ type: 'list-extensions' });

/** @param {readonly File[]} files a wheel or a module, then wheels that it depends on */
export const addExtension = (files) =>
  ask({ type: 'add-extension', names: files.map(({ name }) => name) }, files);

/** @param {string} name @param {boolean} on */
export const enableExtension = (name, on) => ask({ type: 'enable-extension', name, on });

/** @param {string} name */
export const removeExtension = (name) => ask({ type: 'remove-extension', name });

/**
 * @param {string} id of a transcript
 * @param {string} format
 * @returns {Promise<ExportedFile>}
 */
export const exportByExtension = (id, format) =>
  library.request({ type: 'export-by-extension', transcript_id: id, format });
