/** What comes in from outside the elements: keys, dropped and pasted files, the address. */
import { open } from './actions.js';
import { droppedFiles } from './dropped-files.js';
import { addFiles } from './files.js';
import { playback } from './playback.js';
import { store } from './store.js';
import { noRecordingsInFolder } from './strings/notes.js';
import { note, tellError } from './toasts.js';

/** Where a space does something of its own; on the buttons that play. */
const CONTROLS =
  'input:not([type=range]), textarea, select, button:not(.player > :not(.more), .time, .play-hit), a, summary, dialog, [role=menu]';
/** Where a stroke of `/` writes a slash, or from where the search cannot be reached. */
const WRITABLE =
  'input:not([type=file], [type=range], [type=checkbox], [type=radio]), textarea, select, dialog';

/** Listen to the window, and open what the address names. */
export function startInput() {
  addEventListener('keydown', press);
  // Some browsers press a focused button when the key comes up.
  addEventListener('keyup', (event) => playsWithSpace(event) && event.preventDefault());
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
  addEventListener('hashchange', openAddressed);
  openAddressed();
}

/** Show what the address names; `address.js` says how an address is written. */
export function openAddressed() {
  const [, id, at] = /^#\/t\/([^?]+)(?:\?at=([\d.]+))?$/.exec(location.hash) ?? [];
  open(id ? decodeURIComponent(id) : null, at ? Number(at) : null);
}

/** @param {KeyboardEvent} event */
function press(event) {
  const within = (/** @type {string} */ selector) =>
    /** @type {Element} */ (event.target).closest?.(selector);
  if (playsWithSpace(event)) {
    event.preventDefault();
    playback.toggle();
  } else if ((event.key === '<' || event.key === '>') && !within(WRITABLE)) {
    playback.changeSpeed(event.key === '>' ? 1 : -1);
  } else if (event.key === '/' && !within(WRITABLE)) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (document.querySelector('[type=search]'));
    field.focus();
    field.select();
  }
}

/** @param {KeyboardEvent} event */
const playsWithSpace = ({ key, target }) =>
  key === ' ' && store.player.ready && !(/** @type {Element} */ (target).closest?.(CONTROLS));

/** @param {DataTransfer} transfer */
async function take(transfer) {
  try {
    const files = await droppedFiles(transfer);
    if (!files.length) note(noRecordingsInFolder);
    addFiles(files);
  } catch (thrown) {
    tellError(thrown);
  }
}
