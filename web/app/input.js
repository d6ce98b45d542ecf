/** What comes in from outside the elements: keys, dropped and pasted files, the address. */
import { UNFINISHED } from '../generated/constants.js';
import { open } from './actions.js';
import { readAddress } from './address.js';
import { droppedFiles } from './dropped-files.js';
import { addFiles, isTranscript } from './files.js';
import { openLibrary } from './library-sheet.js';
import { playback } from './playback.js';
import { singleKeys } from './preferences.js';
import { reader } from './reader.js';
import { offerText } from './reruns.js';
import { search } from './search.js';
import { actOnControlKey, actOnKey } from './shortcuts.js';
import { store, summaryOf } from './store.js';
import { noRecordingsInFolder } from './strings/notes.js';
import { note, tellError } from './toasts.js';

/** Where a space does something of its own; on the buttons that play. */
const CONTROLS =
  'input:not([type=range]), textarea, select, button:not(.player > :not(.more), .time, .play-hit), a, summary, dialog, [role=menu], [contenteditable]';
/** Where a stroke of `/` writes a slash, or from where the search cannot be reached. */
const WRITABLE =
  'input:not([type=file], [type=range], [type=checkbox], [type=radio]), textarea, select, dialog';

/** Where every key is text, or belongs to a dialog. */
const TYPED = `${WRITABLE}, [contenteditable]`;
/** Where keys do something of the element's own. @type {Record<string, string>} */
const OWN_KEYS = {
  Enter: 'button, a, input, select, summary, [role=menu]',
  ArrowLeft: 'input, select, [role=menu], [role=toolbar]',
  ArrowRight: 'input, select, [role=menu], [role=toolbar]',
};

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
  document.querySelector('#skip')?.addEventListener('click', () => {
    /** @type {HTMLElement | null} */
    const stage = document.querySelector('.stage');
    if (reader.value) reader.value.focusText();
    else stage?.focus();
  });
  addEventListener('hashchange', openAddressed);
  openAddressed();
}

/** Show what the address names; `address.js` says how an address is written. */
export function openAddressed() {
  const { id, at_s, query } = readAddress(location.hash);
  if (query !== null && query !== store.query) void search(query);
  open(id, at_s);
}

/** @param {KeyboardEvent} event */
function press(event) {
  const within = (/** @type {string} */ selector) =>
    /** @type {Element} */ (event.target).closest?.(selector);
  if (playsWithSpace(event)) {
    event.preventDefault();
    playback.toggle();
  } else if (within(TYPED) || event.defaultPrevented) {
    return;
  } else if (actOnControlKey(event)) {
    event.preventDefault();
  } else if (event.key === '/' && !within(WRITABLE) && singleKeys.value) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    toSearch();
  } else if (!within(OWN_KEYS[event.key] ?? WRITABLE) && actOnKey(event)) event.preventDefault();
}

/** @param {KeyboardEvent} event */
const playsWithSpace = ({ key, target }) =>
  key === ' ' && store.player.ready && !(/** @type {Element} */ (target).closest?.(CONTROLS));

/** Put the caret into the search, with its words selected. */
export function toSearch() {
  openLibrary();
  const field = /** @type {HTMLInputElement} */ (document.querySelector('[type=search]'));
  field.focus();
  field.select();
}

/** @param {DataTransfer} transfer */
async function take(transfer) {
  try {
    const files = await droppedFiles(transfer);
    if (!files.length) note(noRecordingsInFolder);
    takeFiles(files);
  } catch (thrown) {
    tellError(thrown);
  }
}

/**
 * Add files; one text may be meant as the text of the recording on show, so the user is asked.
 * @param {File[]} files
 */
export function takeFiles(files) {
  const opened = store.opened && summaryOf(store.opened.id);
  const asked = opened?.audio_kept && !UNFINISHED.has(opened.job.state);
  if (asked && files.length === 1 && isTranscript(files[0])) {
    void offerText(opened, files[0], () => addFiles(files));
  } else {
    void addFiles(files);
  }
}
