/** What the page says while files are dragged over it; `input.js` takes them. */
import { dropFiles } from './strings/page.js';

/** Name the number of files as soon as the browser tells it. */
export function startDropVeil() {
  const veil = /** @type {HTMLElement} */ (document.querySelector('.drop-veil'));
  addEventListener('dragenter', ({ dataTransfer }) => {
    const files = [...(dataTransfer?.items ?? [])].filter(({ kind }) => kind === 'file').length;
    if (files) veil.textContent = dropFiles(files);
  });
}
