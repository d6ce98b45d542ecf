/** @import { Paragraph, Span } from '../paragraph-text.js' */
import { render } from 'lit';
import { clock } from '../format.js';
import * as t from '../strings/transcript.js';
import { SentenceEditor } from './sentence-editor.js';
import { speakerMenu } from './speaker-menu.js';

/** One paragraph on the page: its time, its speaker's name, and its text as one text node. */
export class ParagraphView {
  #time = document.createElement('button');
  #margin = made('div', 'margin');
  /** @type {HTMLElement | null} */
  #speaker = null;
  #words = document.createTextNode('');
  /**
   * What stands in the place of the text while a sentence is corrected.
   * @type {{ box: HTMLElement, segment: number, text: string } | null}
   */
  #editing = null;
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
    this.#margin.append(this.#time);
    this.element.append(this.#margin, this.said);
  }

  /** What it shows; set by `show`. */
  get paragraph() {
    return /** @type {Paragraph} */ (this.#paragraph);
  }

  /**
   * @param {Paragraph} paragraph
   * @param {number} colour of its speaker, from 1 on; 0: no name is shown
   * @param {boolean} playable
   */
  show(paragraph, colour, playable) {
    const at = clock(paragraph.start_s);
    this.#time.textContent = at;
    this.#time.disabled = !playable;
    this.#time.setAttribute('aria-label', playable ? t.playFrom(at) : at);
    this.#name(paragraph, colour);
    if (this.#paragraph === paragraph) return;
    this.#paragraph = paragraph;
    this.#keepEditing();
    const { childNodes } = this.said;
    if (childNodes.length !== 1 || childNodes[0] !== this.#words) {
      this.said.replaceChildren(this.#words);
    }
    if (this.#words.data !== paragraph.text) this.#words.data = paragraph.text;
    const [language] = paragraph.segments.map((segment) => segment.language);
    const one = language && paragraph.segments.every((segment) => segment.language === language);
    if (one) this.said.lang = language;
    else this.said.removeAttribute('lang');
    this.#edited();
  }

  /** Whether a sentence of it is being corrected. */
  get editing() {
    return this.#editing !== null;
  }

  /**
   * @param {Span} span
   * @returns {StaticRange | null} null while a sentence is corrected
   */
  range({ begin, end }) {
    if (this.#editing) return null;
    const [startContainer, startOffset] = this.#place(begin);
    const [endContainer, endOffset] = this.#place(end);
    return new StaticRange({ startContainer, startOffset, endContainer, endOffset });
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
    if (this.#editing || !this.said.contains(node)) return null;
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
    if (this.#editing || !range.intersectsNode(this.said)) return null;
    const begin = this.offsetOf(range.startContainer, range.startOffset) ?? 0;
    const end = this.offsetOf(range.endContainer, range.endOffset) ?? this.paragraph.text.length;
    return begin < end ? { begin, end } : null;
  }

  /**
   * Mark a part by an element, for browsers without highlights.
   * @param {Span | null} span
   */
  mark(span) {
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
   * Let a sentence be corrected.
   * @param {string} transcript
   * @param {number} segment its index in the transcript
   * @param {number} offset of the character at which the caret is put
   * @param {() => void} closed
   */
  edit(transcript, segment, offset, closed) {
    this.unedit();
    this.mark(null);
    const { segments, first } = this.paragraph;
    const span = this.paragraph.spanOf(segment);
    const own = segments[segment - first];
    if (!span || !own) return;
    const caret = Math.max(0, Math.min(offset - span.begin, own.text.trim().length));
    const editor = new SentenceEditor(transcript, segment, own, caret);
    editor.addEventListener('close', () => {
      this.unedit();
      closed();
    });
    const box = made('div', 'correcting');
    box.append(made('p', 'said'), editor, made('p', 'said'));
    this.said.replaceWith(box);
    this.#editing = { box, segment, text: own.text };
    this.#around();
  }

  /** New text beside a sentence leaves its editor open; a new text of the sentence closes it. */
  #keepEditing() {
    if (!this.#editing) return;
    const { segments, first } = this.paragraph;
    const { segment, text } = this.#editing;
    if (segments[segment - first]?.text === text) this.#around();
    else this.unedit();
  }

  /** Show the sentences before and after the one that is corrected. */
  #around() {
    if (!this.#editing) return;
    const { text } = this.paragraph;
    const { begin, end } = this.paragraph.spanOf(this.#editing.segment) ?? { begin: 0, end: 0 };
    const { firstChild, lastChild } = this.#editing.box;
    if (firstChild) firstChild.textContent = text.slice(0, begin).trim();
    if (lastChild) lastChild.textContent = text.slice(end).trim();
  }

  /** End a correction; what was typed and not saved is saved by the editor. */
  unedit() {
    const box = this.#editing?.box;
    this.#editing = null;
    box?.replaceWith(this.said);
  }

  /** @param {number} offset @returns {[Text, number]} */
  #place(offset) {
    let left = offset;
    let node = this.#words;
    const walker = document.createTreeWalker(this.said, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      node = /** @type {Text} */ (walker.currentNode);
      if (left <= node.length) return [node, left];
      left -= node.length;
    }
    return [node, node.length];
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

  /** Say beside the text that some of it was corrected, and what was heard. */
  #edited() {
    this.#margin.querySelector('.edited')?.remove();
    const heard = this.paragraph.segments.flatMap((segment) => segment.heard ?? []);
    if (!heard.length) return;
    const small = made('small', 'edited');
    small.textContent = t.edited;
    small.title = t.heardTitle(heard.map((text) => text.trim()).join(' … '));
    this.#margin.append(small);
  }
}

/** @param {string} tag @param {string} name of its class */
function made(tag, name) {
  const element = document.createElement(tag);
  element.className = name;
  return element;
}
