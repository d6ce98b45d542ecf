/** Languages; the browser knows the names of most. */

export const unknownLanguage = 'Unknown language';
export const detectLanguage = 'Detect the language';
/** Names that not every browser knows. @type {Record<string, string | undefined>} */
export const rareLanguages = { ba: 'Bashkir', bo: 'Tibetan' };
