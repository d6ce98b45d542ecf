/** The folder that is kept in step. */
import { plural } from './plural.js';

export const folder = 'Folder';
export const help =
  'Recordings in a folder of yours are added by themselves, and their texts are written beside them. Nothing that Earwitness did not write is changed or deleted.';
export const choose = 'Choose a folder';
export const chooseOther = 'Choose another folder';
export const stop = 'Stop';
export const allow = 'Allow';
/** @param {string} name */
export const inStep = (name) => `“${name}” is kept in step while Earwitness is open.`;
/** @param {string} name */
export const asks = (name) => `The browser asks again before Earwitness may use “${name}”.`;
/** @param {string} reason */
export const failed = (reason) => `The folder is not kept in step. ${reason}`;
export const lost = 'It cannot be read. Check that its drive is connected.';
/** @param {number} recordings @param {number} texts */
export const done = (recordings, texts) =>
  `${plural(recordings, '1 recording added', '# recordings added')}, ${plural(texts, '1 text written', '# texts written')}.`;
/** @param {string} date */
export const lastBackup = (date) => `Last backup in it: ${date}.`;
export const texts = 'Write texts';
/** @type {Readonly<Record<string, string>>} */
export const formats = { txt: 'Text (txt)', srt: 'Subtitles (srt)', json: 'Data (json)' };
export const backup = 'Backup after each day with changes';
/** @type {readonly (readonly [kind: string, text: string])[]} */
export const backups = [
  ['off', 'Off'],
  ['texts', 'Without recordings'],
  ['everything', 'With recordings'],
];
export const backupHelp = 'Earlier backups stay in the folder until you delete them.';
