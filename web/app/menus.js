/** Menus are `details.menu`: the browser opens them, this closes them as menus should. */

/** @param {Element | null} [except] */
function closeMenus(except = null) {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (menu !== except) menu.removeAttribute('open');
  }
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
    } else {
      return;
    }
    event.preventDefault();
  });
}
