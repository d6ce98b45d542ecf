/** Menus are `details.menu`: the browser opens them, this closes them as menus should. */

/** @param {Element | null} [except] */
function closeMenus(except = null) {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (menu !== except) menu.removeAttribute('open');
  }
}

/** A pause after which letters begin a new word. */
const WORD_PAUSE_MS = 800;
let typed = '';
let typedAt_ms = 0;

/**
 * Letters go to the next item that begins with them.
 * @param {HTMLElement[]} buttons
 * @param {number} at the one that has the focus
 * @param {KeyboardEvent} event
 * @returns {boolean} whether the key was a letter
 */
function findTyped(buttons, at, { key, timeStamp, ctrlKey, metaKey, altKey }) {
  if (!/^[\p{L}\p{N}]$/u.test(key) || ctrlKey || metaKey || altKey) return false;
  typed = timeStamp - typedAt_ms < WORD_PAUSE_MS ? typed + key.toLowerCase() : key.toLowerCase();
  typedAt_ms = timeStamp;
  // A first letter moves on from where the focus is; more of them may stay there.
  const first = typed.length > 1 ? Math.max(0, at) : at + 1;
  const inTurn = [...buttons.slice(first), ...buttons.slice(0, first)];
  const named = (/** @type {HTMLElement} */ button) => button.innerText.trim().toLowerCase();
  inTurn.find((button) => named(button).startsWith(typed))?.focus();
  return true;
}

export function startMenus() {
  addEventListener('click', (event) => {
    const target = /** @type {Element} */ (event.target);
    const chosen = target.closest('.menu-list button');
    closeMenus(chosen ? null : target.closest('details.menu'));
  });
  addEventListener('keydown', (event) => {
    const menu = /** @type {Element} */ (event.target).closest?.('details.menu[open]');
    if (!menu) return;
    const buttons = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll('.menu-list button')]);
    const at = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (event.key === 'Escape') {
      closeMenus();
      menu.querySelector('summary')?.focus();
    } else if (event.key === 'ArrowDown') {
      buttons[(at + 1) % buttons.length]?.focus();
    } else if (event.key === 'ArrowUp') {
      buttons.at(at < 0 ? -1 : at - 1)?.focus();
    } else if (!findTyped(buttons, at, event)) {
      return;
    }
    event.preventDefault();
  });
}
