/** One paragraph from the first key to "Saved": what is typed, what it takes in, how it ends. */
/** @import { ParagraphView } from './paragraph-view.js' */
import { between } from '../scripts.js';
import * as t from '../strings/editing.js';
import { correctionSaved } from '../strings/notes.js';
import { note } from '../toasts.js';
import { Typing } from '../typing.js';

/**
 * @typedef {object} Host the text around it
 * @property {(view: ParagraphView, step: 1 | -1) => ParagraphView | undefined} neighbour
 * @property {(view: ParagraphView, at: 'start' | 'end') => void} edit
 * @property {() => void} typed
 * @property {(view: ParagraphView, focus: boolean) => void} ended
 * @property {(first: number, text: string) => void} reopen
 */

export class EditingSession {
  #host;
  #view;
  #typing;
  #editor;
  /** Paragraphs that were taken in, and are hidden until the text is drawn anew. @type {ParagraphView[]} */
  #taken = [];
  #over = false;
  #was;

  /**
   * @param {Host} host
   * @param {ParagraphView} view
   * @param {number} caret a character of the paragraph
   * @param {{ id: string, revision: number, text?: string | undefined }} what the transcript and its
   *   revision; with `text` that was typed before
   */
  constructor(host, view, caret, { id, revision, text }) {
    this.#host = host;
    this.#view = view;
    const { first, segments, typed } = view.paragraph;
    this.#was = { first, typed };
    const before = segments.map((segment) => segment.text.trim());
    this.#typing = new Typing(id, revision, first, before);
    this.#editor = view.edit(caret, {
      typed: () => this.#typed(),
      end: (how) => void this.end(how),
      joinBefore: () => this.#joinBefore(),
      leaveFor: (step) => this.#leaveFor(step),
      replaced: () => void this.end('replaced'),
    });
    if (text !== undefined) this.#editor.replace(text, text.length);
  }

  #typed() {
    this.#typing.typed(() => this.#editor.text);
    this.#host.typed();
  }

  /**
   * Stop typing; all but a cancelled text is saved.
   * @param {'saved' | 'cancelled' | 'left' | 'replaced'} how
   */
  async end(how) {
    if (this.#over) return;
    this.#over = true;
    const { text } = this.#editor;
    const view = this.#view;
    const { first, typed } = this.#was;
    const isSame = text.trim() === typed && !this.#taken.length;
    view.close();
    if (isSame || how === 'cancelled') {
      this.#typing.discard();
      this.#settle();
      this.#host.ended(view, how !== 'left' && how !== 'replaced');
      if (isSame) return;
      const run = () => this.#host.reopen(first, text);
      note(t.discarded, { action: { label: t.undo, run } });
      return;
    }
    view.tell(t.saving);
    this.#host.ended(view, how === 'saved');
    const saved = await this.#typing.save(text);
    // The new text is drawn in the same turn, before anything is painted.
    await Promise.resolve();
    this.#settle();
    view.tell(saved ? t.saved : '', true);
    if (saved && (how === 'replaced' || !view.element.isConnected)) note(correctionSaved);
  }

  #settle() {
    // Another session may have begun in it meanwhile.
    for (const view of [this.#view, ...this.#taken]) if (!view.editing) view.settle();
    this.#host.typed();
  }

  #joinBefore() {
    const next = this.#host.neighbour(this.#taken.at(-1) ?? this.#view, -1);
    if (!next) return true;
    const { typed, segments } = next.paragraph;
    this.#typing.takeIn(segments.map((segment) => segment.text.trim()));
    this.#taken.push(next);
    this.#view.takeIn(typed + between(typed, this.#editor.text));
    next.element.hidden = true;
    return true;
  }

  /** @param {1 | -1} step */
  #leaveFor(step) {
    const edge = step < 0 ? this.#taken.at(-1) : undefined;
    const next = this.#host.neighbour(edge ?? this.#view, step);
    if (!next) return false;
    void this.end('left');
    this.#host.edit(next, step > 0 ? 'start' : 'end');
    return true;
  }
}
