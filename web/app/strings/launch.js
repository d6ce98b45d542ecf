/** What the page says when the system opened it. */
import { plural } from './plural.js';

export const shareAgain = 'Earwitness was not ready for shared files. It is now: share them again.';
/** @param {number} n */
export const addShared = (n) =>
  plural(n, '1 file was shared with Earwitness.', '# files were shared with Earwitness.');
/** @param {readonly string[]} names */
export const sharedNames = (names) =>
  `Add only what you shared yourself: another page may have sent it. ${names.join(', ')}`;
export const add = 'Add';
export const discard = 'Discard';
