/** @import { Highlight, Segment } from '../../generated/messages' */
/** @import { Paragraph, Span } from '../paragraph-text.js' */
/** @import { Owner } from './paragraph-editor.js' */
import { html, nothing, render } from 'lit';
import { clock } from '../format.js';
import { HIGHLIGHTS } from '../highlights.js';
import { restoreHeard } from '../history.js';
import { speakersShown } from '../speakers.js';
import * as marks from '../strings/highlights.js';
import * as t from '../strings/transcript.js';
import { show } from '../text-highlights.js';
import { menu } from './menu.js';
import { ParagraphEditor, placeIn } from './paragraph-editor.js';
import { speakerMenu } from './speaker-menu.js';

/** How long the margin says that a correction is saved. */
const TOLD_MS = 2500;

/** One paragraph on the page: its time, its speaker's name, and its text as one text node. */
export class ParagraphView {
  #time = document.createElement('button');
  #margin = made('div', 'margin');
  /** @type {HTMLElement | null} */
  #speaker = null;
  #words = document.createTextNode('');
  /** While the user types. @type {ParagraphEditor | null} */
  #editor = null;
  /**
   * Where the text of the paragraph was when the user began, until what was typed is saved;
   * `shift`: of its first character, -1 where it is not to be found.
   * @type {{ text: string, shift: number } | null}
   */
  #before = null;
  /** What the text is closed by when another paragraph takes its place. */
  #replaced = () => {};
  /** What is drawn besides the text. @type {readonly unknown[]} */
  #drawn = [];
  #edits = document.createElement('div');
  #notes = document.createElement('div');
  #status = made('small', 'edited');
  #told = 0;
  /** @type {Paragraph | null} */
  #paragraph = null;

  constructor() {
    this.element = made('div', 'paragraph');
    this.said = made('p', 'said');
    this.said.dir = 'auto';
    this.said.tabIndex = -1;
    this.said.append(this.#words);
    this.#time.type = 'button';
    this.#time.className = 'time';
    this.#time.tabIndex = -1;
    this.#status.setAttribute('role', 'status');
    this.#margin.append(this.#time, this.#edits, this.#notes, this.#status);
    this.element.append(this.#margin, this.said);
  }

  /** What it shows; set by `show`. */
  get paragraph() {
    return /** @type {Paragraph} */ (this.#paragraph);
  }

  /** Let Tab stop at its text, or not. @param {boolean} reached */
  reach(reached) {
    this.said.tabIndex = reached ? 0 : -1;
  }

  /** Open its menu, of the speaker if that is shown; return whether it has one. */
  openMenu() {
    const button = /** @type {HTMLElement | null} */ (
      this.element.querySelector('[popovertarget]')
    );
    button?.click();
    return button !== null;
  }

  /**
   * @param {Paragraph} paragraph
   * @param {number} colour of its speaker, from 1 on; 0: no name is shown
   * @param {boolean} playable
   */
  show(paragraph, colour, playable) {
    const drawn = [paragraph, colour, playable, colour && speakersShown()];
    if (drawn.every((each, index) => each === this.#drawn[index])) return;
    this.#drawn = drawn;
    const at = clock(paragraph.start_s);
    this.#time.textContent = at;
    this.#time.disabled = !playable;
    this.#time.setAttribute('aria-label', playable ? t.playFrom(at) : at);
    this.#name(paragraph, colour);
    const before = this.#paragraph;
    if (before === paragraph) return;
    this.#paragraph = paragraph;
    const [language] = paragraph.segments.map((segment) => segment.language);
    const one = language && paragraph.segments.every((segment) => segment.language === language);
    if (one) this.said.lang = language;
    else this.said.removeAttribute('lang');
    this.#edited();
    // New text behind a paragraph, or other numbers of it, leave what is typed as it is.
    if (before && this.#editor && goesOn(before.segments, paragraph.segments)) return;
    if (this.#editor) this.#replaced();
    this.settle();
  }

  /** Whether it is being typed in. */
  get editing() {
    return this.#editor !== null;
  }

  /**
   * @param {Span} span
   * @returns {StaticRange | null} null for what was typed over and is not saved yet
   */
  range({ begin, end }) {
    const [from, to] = [this.#typedAt(begin), this.#typedAt(end)];
    if (from === null || to === null) return null;
    const [startContainer, startOffset] = placeIn(this.said, from);
    const [endContainer, endOffset] = placeIn(this.said, to);
    return new StaticRange({ startContainer, startOffset, endContainer, endOffset });
  }

  /** @param {number} offset @returns {number | null} where the character stands now */
  #typedAt(offset) {
    if (!this.#before) return offset;
    const { text, shift } = this.#before;
    const at = offset + shift;
    if (shift < 0 || at > text.length) return null;
    const now = this.#editor?.text ?? this.said.textContent ?? '';
    const least = Math.min(text.length, now.length);
    let head = 0;
    while (head < least && head < at && text[head] === now[head]) head += 1;
    if (head === at) return at;
    let tail = 0;
    const most = Math.min(least, text.length - at);
    while (tail < most && text.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
    return tail === text.length - at ? now.length - tail : null;
  }

  /**
   * Where a part of the text is in the window.
   * @param {Span} [span] all of it
   */
  rect(span) {
    const range = span && this.range(span);
    if (!range) return this.element.getBoundingClientRect();
    const live = document.createRange();
    live.setStart(range.startContainer, range.startOffset);
    live.setEnd(range.endContainer, range.endOffset);
    const rect = live.getBoundingClientRect();
    return rect.height ? rect : this.element.getBoundingClientRect();
  }

  /**
   * @param {Node} node
   * @param {number} offset as a selection has it
   * @returns {number | null} the character of the text; null where the node is not of the text
   */
  offsetOf(node, offset) {
    if (this.#before || !this.said.contains(node)) return null;
    const range = document.createRange();
    range.setStart(this.said, 0);
    range.setEnd(node, offset);
    return range.toString().length;
  }

  /**
   * @param {Range} range of a selection
   * @returns {Span | null} what of the text it has; null where that is nothing
   */
  within(range) {
    if (this.#before || !range.intersectsNode(this.said)) return null;
    const begin = this.offsetOf(range.startContainer, range.startOffset) ?? 0;
    const end = this.offsetOf(range.endContainer, range.endOffset) ?? this.paragraph.text.length;
    return begin < end ? { begin, end } : null;
  }

  /**
   * Mark a part by an element, for browsers without highlights.
   * @param {Span | null} span
   */
  mark(span) {
    if (this.#before) return;
    const old = this.said.querySelector('mark');
    if (old) {
      old.replaceWith(...old.childNodes);
      this.said.normalize();
      this.#words = /** @type {Text} */ (this.said.firstChild);
    }
    const range = span && this.range(span);
    if (!range) return;
    const live = document.createRange();
    live.setStart(range.startContainer, range.startOffset);
    live.setEnd(range.endContainer, range.endOffset);
    live.surroundContents(made('mark', 'word'));
  }

  /**
   * Let the paragraph be typed in.
   * @param {number} caret the character at which the caret is put
   * @param {Owner & { replaced: () => void }} owner
   */
  edit(caret, owner) {
    this.mark(null);
    const { typed, text } = this.paragraph;
    this.#before = { text: typed, shift: typed === text ? 0 : -1 };
    this.#replaced = owner.replaced;
    this.tell('');
    this.#editor = new ParagraphEditor(this.said, typed, this.paragraph.typedOffset(caret), owner);
    return this.#editor;
  }

  /** The text that is typed in begins with another one. @param {string} text */
  takeIn(text) {
    if (!this.#before || !this.#editor) return;
    const { text: own, shift } = this.#before;
    this.#before = { text: text + own, shift: shift < 0 ? -1 : shift + text.length };
    this.#editor.replace(text + this.#editor.text, text.length);
  }

  /** Typing has ended; what was typed stands there until `settle`. */
  close() {
    this.#editor?.close();
    this.#editor = null;
  }

  /** Show the text of the paragraph as it is known. */
  settle() {
    this.close();
    this.#before = null;
    this.element.hidden = false;
    const { childNodes } = this.said;
    if (childNodes.length !== 1 || childNodes[0] !== this.#words) {
      this.said.replaceChildren(this.#words);
    }
    if (this.#words.data !== this.paragraph.text) this.#words.data = this.paragraph.text;
  }

  /** Say in the margin what becomes of a correction. @param {string} text @param {boolean} [last] */
  tell(text, last = false) {
    clearTimeout(this.#told);
    this.#status.textContent = text;
    if (last) this.#told = setTimeout(() => this.tell(''), TOLD_MS);
  }

  /** @param {Paragraph} paragraph @param {number} colour */
  #name({ first, segments }, colour) {
    if (!colour || !segments[0]) {
      this.#speaker?.remove();
      this.#speaker = null;
      return;
    }
    if (!this.#speaker) {
      this.#speaker = made('div', 'speaker');
      this.#speaker.dir = 'auto';
      this.element.prepend(this.#speaker);
    }
    render(speakerMenu(segments[0], first), this.#speaker);
    this.#speaker.style.setProperty('--who', `var(--speaker-${colour})`);
  }

  /** Say beside the text that the user noted something. @param {readonly Highlight[]} own */
  noted(own) {
    const noted = own.filter(({ note }) => note);
    const first = noted[0] ?? own[0];
    const needed = noted.length || (!HIGHLIGHTS && own.length);
    if (!first || !needed) {
      if (this.#notes.firstChild) render(nothing, this.#notes);
      return;
    }
    const label = noted.length ? marks.notesBeside(noted.length) : marks.markedBeside;
    const title = marks.showNotes([first.label, first.note].filter(Boolean).join(' – '));
    const button = html`<button type="button" class="edited small" tabindex="-1" title=${title}
      @click=${() => show(first.id)}>${label}</button>`;
    render(button, this.#notes);
  }

  /** Say beside the text that some of it was corrected; a menu has what was heard. */
  #edited() {
    const { segments, first } = this.paragraph;
    const heard = segments.flatMap((segment) => segment.heard ?? []);
    if (!heard.length && !this.#edits.firstChild) return;
    const items = segments.flatMap(({ heard: text }, index) =>
      text === null
        ? []
        : [{ label: t.restoreHeard(text.trim()), run: () => restoreHeard(first + index) }],
    );
    const title = t.heardTitle(heard.map((text) => text.trim()).join(' … '));
    const button = menu(`heard-${first}`, t.edited, items, {
      title,
      kind: 'edited',
      skipped: true,
    });
    render(heard.length ? button : nothing, this.#edits);
  }
}

/**
 * @param {readonly Segment[]} before
 * @param {readonly Segment[]} after
 * @returns {boolean} whether the same sentences stand at the beginning
 */
const goesOn = (before, after) =>
  before.every(({ text }, index) => text.trim() === after[index]?.text.trim());

/** @param {string} tag @param {string} name of its class */
function made(tag, name) {
  const element = document.createElement(tag);
  element.className = name;
  return element;
}
