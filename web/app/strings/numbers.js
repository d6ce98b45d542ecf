/** Numbers with their units. */

export const underOneSecond = 'under 1 s';
/** @param {number} n */
export const seconds = (n) => `${n} s`;
/** @param {number} n */
export const minutes = (n) => `${n} min`;
/** @param {number} hours @param {number} minutes may be 0 */
export const hours = (hours, minutes) => (minutes ? `${hours} h ${minutes} min` : `${hours} h`);

const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
/** @type {Record<string, string>} */
const SUFFIXES = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
/** @param {number} n @param {string} written as people write it */
export const ordinal = (n, written) => `${written}${SUFFIXES[ordinals.select(n)]}`;

/** @param {number} n */
export const kilobytes = (n) => `${n} kB`;
/** @param {number} n */
export const megabytes = (n) => `${n} MB`;
/** @param {string} n */
export const gigabytes = (n) => `${n} GB`;
