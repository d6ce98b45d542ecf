/** Typing in a paragraph where it stands: caret, keys, plain text. It knows nothing of sentences. */
import { count } from '../format.js';
import { playback } from '../playback.js';
import { store } from '../store.js';
import { pastedPart } from '../strings/editing.js';
import { editor as label } from '../strings/transcript.js';
import { note } from '../toasts.js';

/** Characters of what is pasted at once; more would be no paragraph of a recording. */
const PASTED_MOST = 50_000;
/** Text longer than this is put in without the browser's own undo, which would take seconds. */
const UNDOABLE = 5000;

/**
 * @typedef {object} Owner what happens around the text
 * @property {() => void} typed
 * @property {(how: 'saved' | 'cancelled' | 'left') => void} end
 * @property {() => boolean} joinBefore the caret is at the start; whether a paragraph was taken in
 * @property {(step: 1 | -1) => boolean} leaveFor the caret goes on in another paragraph
 */

/** Makes an element with one text node writable until `close`. */
export class ParagraphEditor {
  #said;
  #owner;
  #listening = new AbortController();
  /** @type {string | null} */
  #text = null;

  /**
   * @param {HTMLElement} said
   * @param {string} text
   * @param {number} caret
   * @param {Owner} owner
   */
  constructor(said, text, caret, owner) {
    this.#said = said;
    this.#owner = owner;
    this.#put(text);
    makeWritable(said);
    said.setAttribute('role', 'textbox');
    said.setAttribute('aria-multiline', 'true');
    said.setAttribute('aria-label', label);
    said.spellcheck = true;
    const { signal } = this.#listening;
    said.addEventListener('keydown', (event) => this.#key(event), { signal });
    said.addEventListener('input', () => this.#typed(), { signal });
    said.addEventListener('beforeinput', (event) => this.#before(event), { signal });
    said.addEventListener('paste', (event) => this.#paste(event), { signal });
    said.addEventListener('focusout', () => this.#left(), { signal });
    said.focus({ preventScroll: true });
    this.setCaret(caret);
  }

  /** What stands there, a line break for each one that the user typed. */
  get text() {
    this.#text ??= textOf(this.#said);
    return this.#text;
  }

  /** Put another text in its place. @param {string} text @param {number} caret */
  replace(text, caret) {
    this.#put(text);
    this.setCaret(caret);
    this.#owner.typed();
  }

  /** @param {number} offset of a character */
  setCaret(offset) {
    const [node, at] = placeIn(this.#said, offset);
    getSelection()?.collapse(node, at);
  }

  /** The element is for reading again. */
  close() {
    this.#listening.abort();
    const said = this.#said;
    for (const name of ['contenteditable', 'role', 'aria-multiline', 'aria-label', 'spellcheck']) {
      said.removeAttribute(name);
    }
  }

  /** @param {string} text */
  #put(text) {
    this.#said.replaceChildren(document.createTextNode(text));
    this.#text = text;
  }

  #typed() {
    this.#text = null;
    this.#owner.typed();
  }

  /** Another window is no other place: what is typed there stays open. */
  #left() {
    if (document.hasFocus()) this.#owner.end('left');
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    if (!this.#act(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key is not the browser's */
  #act({ key, ctrlKey, metaKey, shiftKey, altKey }) {
    if (key === 'Escape') this.#owner.end('cancelled');
    else if (key === 'Enter' && (ctrlKey || metaKey)) this.#owner.end('saved');
    else if (altKey || metaKey || shiftKey) return false;
    else if (ctrlKey) return plays(key);
    else if (key === 'Backspace') return this.#caretAt(0) && this.#owner.joinBefore();
    else if (key === 'ArrowUp') return this.#caretAt(0) && this.#owner.leaveFor(-1);
    else if (key === 'ArrowDown') {
      return this.#caretAt(this.text.length) && this.#owner.leaveFor(1);
    } else return false;
    return true;
  }

  /** @param {number} offset */
  #caretAt(offset) {
    const selection = getSelection();
    if (!selection?.isCollapsed || !selection.anchorNode) return false;
    return offsetIn(this.#said, selection.anchorNode, selection.anchorOffset) === offset;
  }

  /** Browsers that know no plain text would make it bold. @param {InputEvent} event */
  #before(event) {
    if (event.inputType.startsWith('format')) event.preventDefault();
    if (event.inputType === 'insertFromDrop' && !isPlain(this.#said)) event.preventDefault();
    if (event.inputType === 'insertParagraph' && !isPlain(this.#said)) {
      event.preventDefault();
      document.execCommand('insertLineBreak');
    }
  }

  /** @param {ClipboardEvent} event */
  #paste(event) {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (text || !isPlain(this.#said)) event.preventDefault();
    if (!text) return;
    const all = text.replace(/\r\n?|\u2028|\u2029/g, '\n').replace(/\n{2,}/g, '\n');
    const lines = all.slice(0, PASTED_MOST);
    if (lines.length < all.length) note(pastedPart(count(PASTED_MOST)), { stays: true });
    const short = lines.length <= UNDOABLE && !lines.includes('\n');
    if (short && document.execCommand('insertText', false, lines)) return;
    const range = getSelection()?.getRangeAt(0);
    if (!range) return;
    range.deleteContents();
    range.insertNode(document.createTextNode(lines));
    range.collapse(false);
    this.#typed();
  }
}

/** @param {HTMLElement} said */
function makeWritable(said) {
  try {
    said.contentEditable = 'plaintext-only';
  } catch {
    said.contentEditable = 'true';
  }
  if (!said.isContentEditable) said.contentEditable = 'true';
}

/** @param {HTMLElement} said */
const isPlain = (said) => said.contentEditable === 'plaintext-only';

/** @param {string} key pressed with Ctrl @returns {boolean} whether it was one of the player's */
function plays(key) {
  if (!store.player.ready) return false;
  if (key === ' ') playback.toggle();
  else if (key === 'ArrowLeft') playback.skip(-1);
  else if (key === 'ArrowRight') playback.skip(1);
  else return false;
  return true;
}

/** @param {Node} said */
const walkerOf = (said) =>
  document.createTreeWalker(said, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);

/** @param {Node} node */
const lengthOf = (node) =>
  node instanceof Text ? node.length : Number(node instanceof HTMLBRElement);

/** @param {HTMLElement} said */
function textOf(said) {
  let text = '';
  const walker = walkerOf(said);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    text += node instanceof Text ? node.data : '\n'.repeat(lengthOf(node));
  }
  return text;
}

/**
 * @param {HTMLElement} said
 * @param {number} offset of a character
 * @returns {[Node, number]} as a selection has it
 */
export function placeIn(said, offset) {
  let left = offset;
  const walker = walkerOf(said);
  /** @type {[Node, number]} */
  let last = [said, 0];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node instanceof Text) {
      if (left <= node.length) return [node, left];
      last = [node, node.length];
    }
    left -= lengthOf(node);
  }
  return last;
}

/**
 * @param {HTMLElement} said
 * @param {Node} container as a selection has it
 * @param {number} at
 * @returns {number} the character
 */
function offsetIn(said, container, at) {
  let offset = 0;
  const walker = walkerOf(said);
  const stop = container instanceof Text ? null : (container.childNodes[at] ?? null);
  if (container === said && !stop && at >= said.childNodes.length) return textOf(said).length;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node === container && node instanceof Text) return offset + at;
    if (node === stop) return offset;
    offset += lengthOf(node);
  }
  return offset;
}
