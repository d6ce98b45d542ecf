/**
 * Keep a folder of the user's in step: recordings come in, texts and backups go out. What is done is
 * Python's decision; this looks at the folder from time to time, asks, and does it. One tab looks at
 * a time. Loaded once a folder was chosen.
 */
/** @import { ExportFormat, FolderPlan, FolderView } from '../generated/messages' */
/** @import { Folder } from './folder-handle.js' */
import { optionsFrom, settings } from './files.js';
import {
  askFor,
  factsOf,
  filesIn,
  isAllowed,
  isSame,
  keepFolder,
  keptFolder,
  pickFolder,
  readFrom,
  writeInto,
} from './folder-handle.js';
import { library } from './library-client.js';
import { blobOf, fileAt } from './platform.js';
import { keepInStep, keepsFolder } from './preferences.js';
import { viewOf } from './request-error.js';
import { kept, signal, store, until, update } from './store.js';
import * as t from './strings/folder.js';
import { note, tellError } from './toasts.js';

const LOOK_EVERY_MS = 10_000;
/** A folder whose walk takes long is looked at less often: for one part in as many of the time. */
const REST = 20;

/** @typedef {'off' | 'looking' | 'asks' | 'failed'} FolderMood */

/** What the settings show: the folder, how it is, and why it cannot be read. */
export const folder = signal(
  /** @type {{ mood: FolderMood, view: FolderView | null, reason: string }} */ ({
    mood: 'off',
    view: null,
    reason: '',
  }),
);

let waiting = false;
/** Why the last look failed. */
let told = '';
/** Ends the pause before the next look. */
let wake = () => {};

/** Keep the folder in step that was chosen before, as long as this tab or another one lives. */
export async function startFolder() {
  if (!keepsFolder()) return showFolder();
  if (waiting) return wake();
  waiting = true;
  await until(() => store.stage === 'ready');
  await navigator.locks.request('earwitness-folder', async () => {
    while (keepsFolder()) {
      const began = performance.now();
      await look();
      await pause(Math.max(LOOK_EVERY_MS, REST * (performance.now() - began)));
    }
  });
  waiting = false;
  await showFolder();
}

/** Read again what the settings show. */
export async function showFolder() {
  const chosen = keepsFolder() ? await keptFolder() : undefined;
  const view = await library.request({ type: 'get-folder' });
  const reason = chosen ? told : '';
  const allowed = chosen && (await isAllowed(chosen));
  const mood = !chosen ? 'off' : !allowed ? 'asks' : reason ? 'failed' : 'looking';
  folder.value = { mood, view, reason };
}

/** Let the user choose a folder, and keep it in step from now on. */
export async function chooseFolder() {
  try {
    const chosen = await pickFolder();
    if (!chosen) return;
    const before = await keptFolder();
    const known = Boolean(before && (await before.isSameEntry(chosen)));
    await library.request({ type: 'choose-folder', name: chosen.name, known });
    await keepFolder(chosen);
    keepInStep(true);
    void startFolder().catch(tellError);
  } catch (thrown) {
    tellError(thrown);
  }
}

/** Stop keeping the folder in step; what is in it stays. */
export async function stopFolder() {
  keepInStep(false);
  await showFolder();
  wake();
}

/** Ask for the permission that the browser gave up when it ended; to be called on a click. */
export async function allowFolder() {
  try {
    const chosen = await keptFolder();
    if (chosen && (await askFor(chosen))) wake();
  } catch (thrown) {
    tellError(thrown);
  }
}

/** @param {readonly ExportFormat[]} formats @param {FolderView['backup']} backup */
export async function changeFolder(formats, backup) {
  try {
    const view = await library.request({ type: 'change-folder', formats: [...formats], backup });
    folder.value = { ...folder.value, view };
    wake();
  } catch (thrown) {
    tellError(thrown);
  }
}

/** Look at the folder once, and do what is to do. */
async function look() {
  try {
    const chosen = await keptFolder();
    if (!chosen) return stopFolder();
    if (!(await isAllowed(chosen))) return await asks(chosen);
    const files = await filesIn(chosen);
    await follow(chosen, await library.request({ type: 'look-at-folder', files }), files);
    told = '';
    await showFolder();
  } catch (thrown) {
    const lost = thrown instanceof DOMException && thrown.name === 'NotFoundError';
    const { message, hint } = viewOf(thrown);
    const reason = lost ? t.lost : `${message} ${hint}`.trim();
    // The next look may meet the same.
    if (reason !== told) note(t.failed(reason), { stays: true });
    told = reason;
    folder.value = { ...folder.value, mood: 'failed', reason };
  }
}

/** @param {Folder} chosen */
async function asks(chosen) {
  const action = { label: t.allow, run: () => void allowFolder() };
  if (folder.value.mood !== 'asks') note(t.asks(chosen.name), { action, stays: true });
  await showFolder();
}

/**
 * @param {Folder} chosen
 * @param {FolderPlan} plan
 * @param {readonly import('../generated/messages').FolderFile[]} files
 */
async function follow(chosen, { add, write, backup }, files) {
  for (const text of write) {
    const { path, transcript_id, format, replaces } = text;
    const exported = await library.request({ type: 'export', transcript_id, format });
    const file = await writeInto(chosen, path, blobOf(exported), replaces);
    if (file) await library.request({ type: 'folder-file-written', file, text });
  }
  if (backup) {
    const audio = folder.value.view?.backup === 'everything';
    const { path } = await library.request({ type: 'save-backup', audio });
    const file = await writeInto(chosen, backup, await fileAt(path), null);
    if (file) await library.request({ type: 'folder-file-written', file, text: null });
  }
  for (const path of add) {
    const file = files.find((each) => each.path === path);
    const content = await readFrom(chosen, path);
    if (!file || !content || !isSame(factsOf(path, content), file)) continue;
    const options = optionsFrom(await settings());
    const request = { type: /** @type {const} */ ('add-from-folder'), file, options };
    update(kept(await library.request(request, [content])));
  }
}

/** @param {number} length_ms @returns {Promise<void>} earlier when somebody calls `wake` */
const pause = (length_ms) =>
  new Promise((resolve) => {
    wake = resolve;
    setTimeout(resolve, length_ms);
  });
