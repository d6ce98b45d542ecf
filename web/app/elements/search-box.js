import { search } from '../search.js';
import { effect, store } from '../store.js';

/** The search field that index.html painted; Escape empties it, the arrow goes to the hits. */
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
        if (event.key === 'Enter' && event.shiftKey)
          sentence?.dispatchEvent(new KeyboardEvent('keydown', event));
        else if (event.key === 'Enter') sentence?.click();
        else first.focus();
      }
    });
    if (input.value) void search(input.value);
    // An address may name the search.
    effect(() => {
      if (input.value.trim() !== store.query.trim()) input.value = store.query;
    });
  }
}
customElements.define('ew-search-box', SearchBox);
