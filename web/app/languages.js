import { LANGUAGES } from '../generated/constants.js';

/** Where Whisper's code is not the one of today's standards. */
const STANDARD = new Map([['jw', 'jv']]);
/** Names that not every browser knows. */
const NAMES = new Map([
  ['ba', 'Bashkir'],
  ['bo', 'Tibetan'],
]);
const names = new Intl.DisplayNames(['en'], { type: 'language' });

/**
 * @param {string | null | undefined} code Whisper's code
 * @returns {string}
 */
export function languageName(code) {
  if (!code) return 'Unknown language';
  if (code === 'auto') return 'Detect the language';
  return NAMES.get(code) ?? names.of(STANDARD.get(code) ?? code) ?? code;
}

/**
 * Every language by name, the ones this browser asks for first.
 * @returns {{ mine: string[], others: string[] }}
 */
export function languageChoices() {
  const asked = navigator.languages.map((tag) => tag.split('-')[0] ?? '');
  const mine = [...new Set(['en', ...asked])].filter((code) => LANGUAGES.includes(code));
  const byName = LANGUAGES.filter((code) => !mine.includes(code));
  byName.sort((a, b) => languageName(a).localeCompare(languageName(b), 'en'));
  return { mine, others: byName };
}
