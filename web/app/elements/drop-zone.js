import { addFiles } from '../files.js';

/** The file field that index.html painted, and files dropped or pasted anywhere on the page. */
class DropZone extends HTMLElement {
  connectedCallback() {
    const input = /** @type {HTMLInputElement} */ (this.querySelector('input[type=file]'));
    const take = () => {
      if (input.files?.length) addFiles([...input.files]);
      input.value = '';
    };
    input.addEventListener('change', take);
    take();

    addEventListener('dragover', (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      document.body.dataset.dropping = '';
    });
    addEventListener('dragleave', (event) => {
      if (!event.relatedTarget) delete document.body.dataset.dropping;
    });
    addEventListener('drop', (event) => {
      delete document.body.dataset.dropping;
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      addFiles([...event.dataTransfer.files]);
    });
    addEventListener('paste', (event) => {
      if (event.clipboardData?.files.length) addFiles([...event.clipboardData.files]);
    });
  }
}
customElements.define('ew-drop-zone', DropZone);
