import { droppedFiles } from '../dropped-files.js';
import { addFiles } from '../files.js';
import { note, tellError } from '../toast-list.js';

/** The file field that index.html painted, and files dropped or pasted anywhere on the page. */
class DropZone extends HTMLElement {
  connectedCallback() {
    const input = /** @type {HTMLInputElement} */ (this.querySelector('input[type=file]'));
    const choose = () => {
      if (input.files?.length) addFiles([...input.files]);
      input.value = '';
    };
    input.addEventListener('change', choose);
    choose();

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
      void take(event.dataTransfer);
    });
    addEventListener('paste', (event) => {
      if (event.clipboardData?.files.length) addFiles([...event.clipboardData.files]);
    });
  }
}
/** @param {DataTransfer} transfer */
async function take(transfer) {
  try {
    const files = await droppedFiles(transfer);
    if (!files.length) note('No recordings were found in that folder.');
    addFiles(files);
  } catch (thrown) {
    tellError(thrown);
  }
}

customElements.define('ew-drop-zone', DropZone);
