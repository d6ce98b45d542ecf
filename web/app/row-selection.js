/** Several recordings of the list, selected to do the same with all of them. */
/** @import { ExportFormat } from '../generated/messages' */
import { attempt, setTags } from './actions.js';
import { removeSeveral } from './bin-and-backup.js';
import { saveExport } from './export-choices.js';
import { runAgain } from './reruns.js';
import { store, update } from './store.js';

/** How long a finger rests on a row that it selects. */
const HOLD_MS = 500;
/** A finger that moves farther scrolls. */
const HOLD_PX = 8;

/** From where Shift selects. */
let anchor = '';

/** @param {string} id */
export function toggle(id) {
  anchor = id;
  update(({ selection }) => {
    const next = new Set(selection);
    if (!next.delete(id)) next.add(id);
    return { selection: next };
  });
}

export const clearSelection = () => update({ selection: new Set() });

/** Begin with the one on show, or the first. */
export function startSelection() {
  const first = store.history.find(({ id }) => id === store.shownId) ?? store.history[0];
  if (first) toggle(first.id);
}

/**
 * For a click on a row: Ctrl adds it, Shift everything up to it; with a selection a click on the
 * name does the same as Ctrl.
 * @param {string} id
 */
export const clicked = (id) => (/** @type {MouseEvent} */ event) => {
  const link = /** @type {Element} */ (event.target).closest('.row-name');
  if (!link) return;
  if (event.shiftKey) upTo(id);
  else if (event.ctrlKey || event.metaKey || store.selection.size) toggle(id);
  else return;
  event.preventDefault();
  getSelection()?.removeAllRanges();
};

/**
 * For a finger that rests on a row.
 * @param {string} id
 */
export const held = (id) => (/** @type {PointerEvent} */ event) => {
  if (event.pointerType !== 'touch') return;
  const stop = new AbortController();
  const timer = setTimeout(() => {
    ignoreClick();
    if (!store.selection.has(id)) toggle(id);
  }, HOLD_MS);
  const end = () => {
    clearTimeout(timer);
    stop.abort();
  };
  const moved = (/** @type {PointerEvent} */ { clientX, clientY }) => {
    if (Math.hypot(clientX - event.clientX, clientY - event.clientY) > HOLD_PX) end();
  };
  addEventListener('pointermove', moved, stop);
  for (const name of ['pointerup', 'pointercancel', 'scroll']) {
    addEventListener(name, end, { capture: true, signal: stop.signal });
  }
  // The browser's own menu comes up at about the same moment, before or after.
  addEventListener('contextmenu', (menu) => menu.preventDefault(), stop);
};

/**
 * A touch that has selected a row is no click on what lies below the finger when it is lifted. Not
 * every browser makes one of it.
 */
function ignoreClick() {
  const next = new AbortController();
  const stop = (/** @type {Event} */ click) => {
    click.preventDefault();
    click.stopPropagation();
  };
  addEventListener('click', stop, { capture: true, once: true, signal: next.signal });
  for (const name of ['pointerdown', 'keydown']) {
    addEventListener(name, () => next.abort(), { capture: true, signal: next.signal });
  }
}

/** @param {string} id */
function upTo(id) {
  const ids = store.history.map((each) => each.id);
  const [from, to] = [ids.indexOf(anchor), ids.indexOf(id)].sort((a, b) => a - b);
  if (from === undefined || to === undefined || from < 0) return toggle(id);
  const between = ids.slice(from, to + 1);
  update(({ selection }) => ({ selection: new Set([...selection, ...between]) }));
}

/** The selected ones, in the order of the list. */
export const chosen = () => store.history.filter(({ id }) => store.selection.has(id));

/** @param {string} tag added to all of them */
export async function tagSelected(tag) {
  for (const { id, tags } of chosen()) {
    if (!tags.includes(tag)) await setTags(id, [...tags, tag]);
  }
}

/** Save the texts of all of them; several come in one zip. @param {ExportFormat} format */
export const exportSelected = (format) =>
  attempt(() =>
    saveExport(
      chosen().map(({ id }) => id),
      format,
    ),
  );

/** As they ran before. */
export async function runSelectedAgain() {
  for (const summary of chosen()) await runAgain(summary, {});
  clearSelection();
}

export async function removeSelected() {
  await removeSeveral(chosen().map(({ id }) => id));
  clearSelection();
}
