import { LANGUAGES } from '../generated/constants.js';
import * as t from './strings/languages.js';

/** Where Whisper's code is not the one of today's standards. */
const STANDARD = new Map([['jw', 'jv']]);
const names = new Intl.DisplayNames(['en'], { type: 'language' });

/**
 * @param {string | null | undefined} code Whisper's code
 * @returns {string}
 */
export function languageName(code) {
  if (!code) return t.unknownLanguage;
  if (code === 'auto') return t.detectLanguage;
  return t.rareLanguages[code] ?? names.of(STANDARD.get(code) ?? code) ?? code;
}

/**
 * Every language by code and name, the ones this browser asks for first.
 * @type {readonly (readonly [code: string, name: string])[]}
 */
export const LANGUAGE_CHOICES = languageChoices();

/** The same after the choice to detect it. */
export const LANGUAGE_OPTIONS = /** @type {const} */ ([
  ['auto', t.detectLanguage],
  ...LANGUAGE_CHOICES,
]);

/** @returns {[code: string, name: string][]} */
function languageChoices() {
  const asked = navigator.languages.map((tag) => tag.split('-')[0] ?? '');
  const mine = [...new Set(['en', ...asked])].filter((code) => LANGUAGES.includes(code));
  const others = LANGUAGES.filter((code) => !mine.includes(code));
  others.sort((a, b) => languageName(a).localeCompare(languageName(b), 'en'));
  return [...mine, ...others].map((code) => [code, languageName(code)]);
}
