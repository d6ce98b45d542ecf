import { search } from '../actions.js';

/** Where a stroke of `/` writes a slash, or where the field cannot be reached. */
const WRITABLE =
  'input:not([type=file], [type=range], [type=checkbox], [type=radio]), textarea, select, dialog';

/** The search field that index.html painted. */
class SearchBox extends HTMLElement {
  connectedCallback() {
    const input = /** @type {HTMLInputElement} */ (this.querySelector('input'));
    input.addEventListener('input', () => search(input.value));
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && input.value) {
        event.preventDefault();
        input.value = '';
        void search('');
      } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
        /** @type {HTMLElement | null} */
        const first = document.querySelector('.hit');
        /** @type {HTMLElement | null} */
        const sentence = document.querySelector('.hits')?.querySelector('li .hit') ?? first;
        if (!first) return;
        event.preventDefault();
        if (event.key === 'Enter') sentence?.click();
        else first.focus();
      }
    });
    addEventListener('keydown', (event) => {
      const typing = /** @type {HTMLElement} */ (event.target).closest?.(WRITABLE);
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.focus();
      input.select();
    });
    if (input.value) void search(input.value);
  }
}
customElements.define('ew-search-box', SearchBox);
