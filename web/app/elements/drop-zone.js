import { addFiles } from '../files.js';

/** The file field that index.html painted; `input.js` takes files dropped or pasted anywhere. */
class DropZone extends HTMLElement {
  connectedCallback() {
    const input = /** @type {HTMLInputElement} */ (this.querySelector('input[type=file]'));
    const choose = () => {
      if (input.files?.length) addFiles([...input.files]);
      input.value = '';
    };
    input.addEventListener('change', choose);
    choose();
  }
}
customElements.define('ew-drop-zone', DropZone);
