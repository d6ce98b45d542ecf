/** The library on narrow screens, where it lies over the text as a sheet. */
import { effect, store, update } from './store.js';

/** Below this width the library is a sheet; as in style/layout.css. */
const NARROW = matchMedia('(width < 860px)');

/** Show it. */
export const openLibrary = () => update({ libraryOpen: true });

/** Hide it. */
export const closeLibrary = () => update({ libraryOpen: false });

/** Connect what index.html painted: the sheet, the button that closes it, and what lies below. */
export function startLibrarySheet() {
  const side = /** @type {HTMLElement} */ (document.querySelector('#library'));
  const text = /** @type {HTMLElement} */ (document.querySelector('.text-side'));
  let before = false;
  effect(() => {
    // Without a text there is nothing that the library could lie over.
    const open = store.libraryOpen && Boolean(store.opened);
    document.body.toggleAttribute('data-library', open);
    text.inert = open && NARROW.matches;
    if (open === before) return;
    before = open;
    if (!NARROW.matches) return;
    const back = open ? side.querySelector('#close-library') : text.querySelector('.open-library');
    /** @type {HTMLElement | null} */ (back)?.focus();
  });
  NARROW.addEventListener('change', closeLibrary);
  addEventListener('hashchange', closeLibrary);
  for (const id of ['close-library', 'scrim']) {
    document.getElementById(id)?.addEventListener('click', closeLibrary);
  }
  side.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented) closeLibrary();
  });
  // The open one was chosen again: the address stays the same.
  side.addEventListener('click', (event) => {
    const link = /** @type {Element} */ (event.target).closest('a[href^="#/t/"]');
    if (link && !event.defaultPrevented) closeLibrary();
  });
}
