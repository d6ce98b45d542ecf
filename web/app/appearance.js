/** How the page looks, as the user chose it; kept on this device. */
import { recall, remember } from './platform.js';
import { signal } from './store.js';

/** Attribute of the root element, by the name under which the choice is kept. */
const ATTRIBUTES = /** @type {const} */ ({
  theme: 'data-theme',
  text: 'data-text',
  width: 'data-width',
});

/** @typedef {keyof typeof ATTRIBUTES} Look */

/** The system's choices that change the page's colours. */
const SYSTEM = ['(prefers-color-scheme: dark)', '(forced-colors: active)'];

/** Counts the changes of the page's colours: whatever draws with them on a canvas reads it. */
export const coloursChanged = signal(0);

/** Values that need no attribute. */
const USUAL = new Set(['system', 'normal']);

/** @param {Look} look @param {string} usual @returns {string} what was chosen */
export const chosenLook = (look, usual) => recall(look) ?? usual;

/** @param {Look} look @param {string} value */
export function chooseLook(look, value) {
  remember(look, value);
  apply(look, value);
}

/** Show the page as it was chosen before. */
export function startAppearance() {
  for (const look of /** @type {Look[]} */ (Object.keys(ATTRIBUTES))) {
    apply(look, chosenLook(look, 'normal'));
  }
  for (const query of SYSTEM) matchMedia(query).addEventListener('change', countChange);
}

/** @param {Look} look @param {string} value */
function apply(look, value) {
  const root = document.documentElement;
  if (USUAL.has(value)) root.removeAttribute(ATTRIBUTES[look]);
  else root.setAttribute(ATTRIBUTES[look], value);
  countChange();
}

function countChange() {
  coloursChanged.value = coloursChanged.peek() + 1;
}
