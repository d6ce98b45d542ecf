/** @import { Segment } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { editSegment } from '../actions.js';
import { clock } from '../format.js';
import { playback } from '../playback.js';
import { update } from '../store.js';
import { correctionNotSaved, correctionSaved } from '../strings/notes.js';
import * as t from '../strings/transcript.js';
import { note } from '../toasts.js';
import { View } from '../view.js';
import { button } from './buttons.js';
import { speakerMenu } from './speaker-menu.js';

/** One sentence: its time, its words, and an editor when asked for. */
export class SegmentLine extends View {
  static properties = {
    segment: { attribute: false },
    index: { attribute: false },
    transcript: { attribute: false },
    playable: { type: Boolean },
    playing: { type: Boolean },
    word: { attribute: false },
    editing: { state: true },
  };

  constructor() {
    super();
    /** Set by the list that creates the line. @type {Segment} */
    this.segment = /** @type {any} */ (null);
    this.index = 0;
    this.transcript = '';
    this.playable = false;
    /** The player is inside this sentence. */
    this.playing = false;
    /** Index of the word being played; -1 between words. */
    this.word = -1;
    this.editing = false;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    void this.#leave(this.transcript, this.index);
  }

  /** @param {Map<string, any>} changed */
  willUpdate(changed) {
    const transcript = changed.get('transcript');
    // The line is about to show a sentence of another transcript.
    if (transcript) void this.#leave(transcript, changed.get('index') ?? this.index);
  }

  render() {
    const { start_s } = this.segment;
    const at = clock(start_s);
    return html`
      <div class="segment" ?data-playing=${this.playing}>
        ${
          this.playable
            ? html`<button
                type="button"
                class="time"
                aria-label=${t.playFrom(at)}
                @click=${() => playback.playFrom(start_s)}
              >
                ${at}
              </button>`
            : html`<span class="time">${at}</span>`
        }
        ${this.editing ? this.#editor() : this.#said(at)}
      </div>
    `;
  }

  /** Draw attention for a moment: a search ended here. */
  found() {
    this.classList.remove('found');
    requestAnimationFrame(() => this.classList.add('found'));
  }

  /** @param {string} at */
  #said(at) {
    const { speaker, heard } = this.segment;
    return html`
      <p class="said" dir="auto" @dblclick=${this.#edit}>
        ${speaker ? speakerMenu(this.transcript, this.segment, this.index) : nothing}${this.#words()}
        ${heard ? edited(heard) : nothing}
      </p>
      <button type="button" class="small edit" aria-label=${t.editAt(at)}
        @click=${this.#edit}>${t.edit}</button>
    `;
  }

  /** A span for the spoken word alone: a long text stays light. */
  #words() {
    const text = this.segment.text.trim();
    if (!text) return html`<i class="quiet">${t.noText}</i>`;
    const words = this.segment.words.map((word) => word.text);
    const now = this.playing ? words[this.word] : undefined;
    if (now === undefined || words.join('').trim() !== text) return text;
    const bare = now.trimStart();
    const before = words.slice(0, this.word).join('') + now.slice(0, now.length - bare.length);
    const after = words.slice(this.word + 1).join('');
    return html`${before.trimStart()}<span class="word">${bare}</span>${after}`;
  }

  #editor() {
    return html`
      <form class="editor" @submit=${this.#save} @keydown=${this.#key}>
        <textarea
          aria-label=${t.editor}
          rows="2"
          dir="auto"
          .value=${this.segment.text.trim()}
          @input=${this.#input}
        ></textarea>
        ${this.segment.heard ? this.#heard(this.segment.heard) : nothing}
        <button type="submit" class="small">${t.save}</button>
        ${button(t.keepAsItWas, () => this.#close())}
      </form>
    `;
  }

  /** @param {string} heard */
  #heard(heard) {
    return html`
      <p class="quiet">
        ${t.heard(html`<span dir="auto">${heard.trim()}</span>`)}
        ${button(t.useHeard, () => this.#keep(heard.trim()))}
      </p>
    `;
  }

  /** What stands in the editor and is not saved yet; null while nothing was changed. */
  /** @type {string | null} */
  #typed = null;

  /** @param {string | null} text */
  #setTyped(text) {
    if ((text === null) !== (this.#typed === null)) {
      update(({ drafts }) => {
        const others = [...drafts].filter((each) => each !== this);
        return { drafts: new Set(text === null ? others : [...others, this]) };
      });
    }
    this.#typed = text;
  }

  /** @param {Event} event */
  #input(event) {
    const text = /** @type {HTMLTextAreaElement} */ (event.target).value.trim();
    this.#setTyped(text === this.segment.text.trim() ? null : text);
  }

  /**
   * The editor goes away without having been asked to: what was typed is saved.
   * @param {string} transcript @param {number} index
   */
  async #leave(transcript, index) {
    const text = this.#typed;
    this.#setTyped(null);
    this.editing = false;
    if (text === null) return;
    if (await editSegment(transcript, index, text)) note(correctionSaved);
    else note(correctionNotSaved(text), { stays: true });
  }

  async #edit() {
    this.editing = true;
    await this.updateComplete;
    this.querySelector('textarea')?.focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === 'Escape') this.#close();
    else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) this.#save(event);
  }

  /** @param {Event} event */
  #save(event) {
    if (event.target instanceof HTMLButtonElement && event.type === 'keydown') return;
    event.preventDefault();
    void this.#keep(this.querySelector('textarea')?.value.trim() ?? '');
  }

  /** @param {string} text */
  async #keep(text) {
    const same = text === this.segment.text.trim();
    if (same || (await editSegment(this.transcript, this.index, text))) await this.#close();
  }

  async #close() {
    this.#setTyped(null);
    this.editing = false;
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector('.edit'))?.focus();
  }
}

/** @param {string} heard */
const edited = (heard) =>
  html`<small class="edited" title=${t.heardTitle(heard.trim())}>${t.edited}</small>`;
customElements.define('ew-segment-line', SegmentLine);
