/** Lists of names and terms. */

export const lists = 'Lists of names and terms';
export const help =
  'Where one of them is said, it is written as here. Separate them with commas. The names above count too.';
export const everything = 'In every recording';
/** @param {string} tag */
export const withTag = (tag) => `In recordings with the tag “${tag}”`;
export const own = 'Names and terms to write as here';
