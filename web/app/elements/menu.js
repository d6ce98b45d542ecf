/** A button that opens a menu: the platform's popover, which it also closes. */
import { html, nothing } from 'lit';

/**
 * @typedef {object} Item
 * @property {unknown} label
 * @property {() => unknown} run
 * @property {boolean} [current] given where one of the items is the present choice; choosing that
 *   one again changes nothing
 * @property {boolean} [stays] the menu stays open
 * @property {boolean} [danger] it takes something away
 *
 * @typedef {object} MenuOptions
 * @property {unknown} [icon] shown instead of the label
 * @property {string} [kind] class of the button
 * @property {string} [title] says more than the label
 * @property {boolean} [skipped] the button is no tab stop
 * @property {string} [described] id of the element with the name of what the menu acts on
 */

/**
 * A button and its menu.
 * @param {string} id of the menu, in the whole page
 * @param {string} label
 * @param {readonly Item[]} items
 * @param {MenuOptions} [options]
 */
export function menu(id, label, items, { icon, kind = 'small', described, title, skipped } = {}) {
  const focused = Math.max(
    0,
    items.findIndex(({ current }) => current),
  );
  return html`
    <button
      type="button"
      class=${icon ? 'icon' : `${kind} menu-button`}
      popovertarget=${id}
      aria-haspopup="menu"
      aria-label=${icon ? label : nothing}
      tabindex=${skipped ? '-1' : nothing}
      aria-describedby=${described ?? nothing}
      title=${icon ? label : (title ?? nothing)}
    >
      ${icon ?? label}
    </button>
    <div id=${id} class="menu" popover role="menu" aria-label=${label} @keydown=${walk}>
      ${items.map(
        ({ label: name, run, current, stays, danger }, index) => html`
          <button
            type="button"
            role=${current === undefined ? 'menuitem' : 'menuitemradio'}
            aria-checked=${current ?? nothing}
            class=${danger ? 'danger' : ''}
            tabindex="-1"
            ?autofocus=${index === focused}
            @click=${stays ? run : choose(current ? () => {} : run)}
          >
            ${name}
          </button>
        `,
      )}
    </div>
  `;
}

/** The focus is back on the menu's button before anything happens. @param {() => unknown} run */
const choose = (run) => (/** @type {Event} */ event) => {
  const item = /** @type {HTMLElement} */ (event.currentTarget);
  /** @type {HTMLElement | null} */ (item.closest('[popover]'))?.hidePopover();
  run();
};

/** A pause after which letters begin a new word. */
const WORD_PAUSE_MS = 800;
let typed = '';
let typedAt_ms = 0;

/** Arrows go from item to item, letters to the next one that begins with them. @param {KeyboardEvent} event */
function walk(event) {
  const list = /** @type {HTMLElement} */ (event.currentTarget);
  const items = /** @type {HTMLElement[]} */ ([...list.querySelectorAll('button')]);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (event.key === 'Tab') return list.hidePopover();
  const places = { ArrowDown: (at + 1) % items.length, ArrowUp: at < 0 ? -1 : at - 1 };
  const place = { ...places, Home: 0, End: -1 }[event.key];
  if (place === undefined && !isLetter(event)) return;
  (place === undefined ? named(items, at, event) : items.at(place))?.focus();
  event.preventDefault();
}

/** @param {KeyboardEvent} event */
const isLetter = ({ key, ctrlKey, metaKey, altKey }) =>
  /^[\p{L}\p{N}]$/u.test(key) && !(ctrlKey || metaKey || altKey);

/**
 * @param {HTMLElement[]} items
 * @param {number} at the one that has the focus
 * @param {KeyboardEvent} event
 * @returns {HTMLElement | undefined} the next one that begins with what was typed
 */
function named(items, at, { key, timeStamp }) {
  typed = timeStamp - typedAt_ms < WORD_PAUSE_MS ? typed + key.toLowerCase() : key.toLowerCase();
  typedAt_ms = timeStamp;
  // A first letter moves on from where the focus is; more of them may stay there.
  const first = typed.length > 1 ? Math.max(0, at) : at + 1;
  const inTurn = [...items.slice(first), ...items.slice(0, first)];
  return inTurn.find((item) => item.innerText.trim().toLowerCase().startsWith(typed));
}
