/** The languages Whisper was trained on, by its own codes. */
export const LANGUAGES = (
  'af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he ' +
  'hi hr ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne ' +
  'nl nn no oc pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ' +
  'ur uz vi yi yo zh'
).split(' ');

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
