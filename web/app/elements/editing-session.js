/** One paragraph from the first key to "Saved": what is typed, what it takes in, how it ends. */
/** @import { Segment } from '../../generated/messages' */
/** @import { ParagraphView } from './paragraph-view.js' */
import { between } from '../scripts.js';
import * as t from '../strings/editing.js';
import { correctionSaved } from '../strings/notes.js';
import { note } from '../toasts.js';
import { offerTyped, Typing } from '../typing.js';

/**
 * @typedef {object} Host the text around it
 * @property {(view: ParagraphView, step: 1 | -1) => ParagraphView | undefined} neighbour
 * @property {(view: ParagraphView, at: 'start' | 'end') => void} edit
 * @property {() => void} typed
 * @property {(view: ParagraphView, focus: boolean) => void} ended
 * @property {(cancelled: Cancelled) => boolean} reopen whether the paragraph is still as it was
 * @property {() => number} revision of the text on show
 *
 * @typedef {object} Cancelled what was typed in a paragraph and is not to be saved
 * @property {string} id of the transcript
 * @property {number} first index of the first segment of the paragraph
 * @property {readonly string[]} before the sentences that the user saw, also those taken in
 * @property {number} taken how many paragraphs before it were taken in
 * @property {string} text
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
   * @param {string} id of the transcript
   * @param {Cancelled} [cancelled] what was typed in it before
   */
  constructor(host, view, caret, id, cancelled) {
    this.#host = host;
    this.#view = view;
    const { first, segments, typed } = view.paragraph;
    this.#was = { first, typed };
    const before = sentences(segments);
    this.#typing = new Typing(id, host.revision(), first, before);
    this.#editor = view.edit(caret, {
      typed: () => this.#typed(),
      end: (how) => void this.end(how),
      joinBefore: () => this.#joinBefore(),
      leaveFor: (step) => this.#leaveFor(step),
      replaced: () => void this.end('replaced'),
    });
    if (!cancelled) return;
    for (let taken = 0; taken < cancelled.taken; taken += 1) this.#joinBefore();
    this.#editor.replace(cancelled.text, cancelled.text.length);
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
      const { transcript: id, before } = this.#typing;
      const cancelled = { id, first, before, taken: this.#taken.length, text };
      const run = () => {
        if (!this.#host.reopen(cancelled)) void offerTyped(text, t.paragraphChanged);
      };
      note(t.discarded, { action: { label: t.undo, run } });
      return;
    }
    view.tell(t.saving);
    this.#host.ended(view, how === 'saved');
    const saved = (await this.#typing.save(text)) === 'saved';
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
    const own = [...this.#taken.toReversed(), this.#view].map(({ paragraph }) => paragraph);
    const first = own[0]?.first ?? 0;
    const now = own.flatMap(({ segments }) => sentences(segments));
    // What stands before the paragraph is of the text on show, which may be a newer one.
    if (!this.#typing.moveTo(this.#host.revision(), first, now)) {
      void this.end('left');
      return true;
    }
    const { typed, segments } = next.paragraph;
    this.#typing.takeIn(sentences(segments));
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

/** @param {readonly Segment[]} segments */
export const sentences = (segments) => segments.map(({ text }) => text.trim());
