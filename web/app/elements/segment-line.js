/** @import { Segment } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { editSegment } from '../actions.js';
import { clock } from '../format.js';
import { playback } from '../playback.js';
import { note } from '../toast-list.js';
import { View } from '../view.js';

/** One sentence: its time, its words, and an editor when asked for. */
export class SegmentLine extends View {
  static properties = {
    segment: { attribute: false },
    index: { attribute: false },
    transcript: { attribute: false },
    playable: { type: Boolean },
    now_s: { attribute: false },
    editing: { state: true },
  };

  constructor() {
    super();
    /** @type {Segment | null} */
    this.segment = null;
    this.index = 0;
    this.transcript = '';
    this.playable = false;
    /** Position of the player while it is inside this sentence. */
    /** @type {number | null} */
    this.now_s = null;
    this.editing = false;
  }

  #unload = (/** @type {Event} */ event) => {
    if (this.#typed !== null) event.preventDefault();
  };

  connectedCallback() {
    super.connectedCallback();
    addEventListener('beforeunload', this.#unload);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('beforeunload', this.#unload);
    void this.#leave(this.transcript, this.index);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const [transcript, index] = [changed.get('transcript'), changed.get('index')];
    // The line is about to show a sentence of another transcript.
    if (typeof transcript === 'string' && transcript) {
      void this.#leave(transcript, typeof index === 'number' ? index : this.index);
    }
  }

  render() {
    if (!this.segment) return nothing;
    const { start_s, speaker } = this.segment;
    const at = clock(start_s);
    return html`
      <div class="segment" ?data-playing=${this.now_s !== null}>
        ${
          this.playable
            ? html`<button
                type="button"
                class="time"
                aria-label=${`Play from ${at}`}
                @click=${() => playback.playFrom(start_s)}
              >
                ${at}
              </button>`
            : html`<span class="time">${at}</span>`
        }
        ${this.editing ? this.#editor() : this.#said(speaker)}
      </div>
    `;
  }

  /** Draw attention for a moment: a search ended here. */
  found() {
    this.classList.remove('found');
    requestAnimationFrame(() => this.classList.add('found'));
  }

  /** @param {string | null} speaker */
  #said(speaker) {
    return html`
      <p class="said" dir="auto" @dblclick=${this.#edit}>
        ${speaker ? html`<b>${speaker}:</b> ` : nothing}${this.#words()}
        ${this.segment?.heard ? edited(this.segment.heard) : nothing}
      </p>
      <button type="button" class="small edit" aria-label=${`Edit ${clock(this.segment?.start_s ?? 0)}`}
        @click=${this.#edit}>Edit</button>
    `;
  }

  /** Single words only where they are played: a long text stays light. */
  #words() {
    const text = this.segment?.text.trim() ?? '';
    if (!text) return html`<i class="quiet">no text</i>`;
    const words = this.segment?.words ?? [];
    const now = this.now_s;
    const whole = words.map((word) => word.text).join('');
    if (now === null || whole.trim() !== text) return text;
    return words.map((word) => {
      const said = word.start_s <= now && now < word.end_s;
      if (!said) return word.text;
      const bare = word.text.trimStart();
      const space = word.text.slice(0, word.text.length - bare.length);
      return html`${space}<span class="word">${bare}</span>`;
    });
  }

  #editor() {
    return html`
      <form class="editor" @submit=${this.#save} @keydown=${this.#key}>
        <textarea
          aria-label="Text"
          rows="2"
          dir="auto"
          .value=${this.segment?.text.trim() ?? ''}
          @input=${this.#input}
        ></textarea>
        ${this.segment?.heard ? this.#heard(this.segment.heard) : nothing}
        <button type="submit" class="small">Save</button>
        <button type="button" class="small" @click=${this.#close}>Keep as it was</button>
      </form>
    `;
  }

  /** @param {string} heard */
  #heard(heard) {
    return html`
      <p class="quiet">
        Heard: <span dir="auto">${heard.trim()}</span>
        <button type="button" class="small" @click=${() => this.#keep(heard.trim())}>
          Use what was heard
        </button>
      </p>
    `;
  }

  /** What stands in the editor and is not saved yet; null while nothing was changed. */
  /** @type {string | null} */
  #typed = null;

  /** @param {Event} event */
  #input(event) {
    const text = /** @type {HTMLTextAreaElement} */ (event.target).value.trim();
    this.#typed = text === this.segment?.text.trim() ? null : text;
  }

  /**
   * The editor goes away without having been asked to: what was typed is saved.
   * @param {string} transcript @param {number} index
   */
  async #leave(transcript, index) {
    const text = this.#typed;
    this.#typed = null;
    this.editing = false;
    if (text === null) return;
    if (await editSegment(transcript, index, text)) note('Your correction was saved.');
    else note(`Not saved: “${text}”`, { stays: true });
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
    const same = text === this.segment?.text.trim();
    if (same || (await editSegment(this.transcript, this.index, text))) await this.#close();
  }

  async #close() {
    this.#typed = null;
    this.editing = false;
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector('.edit'))?.focus();
  }
}

/** @param {string} heard */
const edited = (heard) =>
  html`<small class="edited" title=${`Heard: ${heard.trim()}`}>edited</small>`;
customElements.define('ew-segment-line', SegmentLine);
