/** @import { Segment } from '../messages' */
import { html, nothing } from 'lit';
import { editSegment } from '../actions.js';
import { clock } from '../format.js';
import { playback } from '../playback.js';
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
      </p>
      <button type="button" class="small edit" aria-label=${`Edit ${clock(this.segment?.start_s ?? 0)}`}
        @click=${this.#edit}>Edit</button>
    `;
  }

  /** Single words only where they are played: a long text stays light. */
  #words() {
    const text = this.segment?.text.trim() ?? '';
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
        <textarea aria-label="Text" rows="2" dir="auto" .value=${this.segment?.text.trim() ?? ''}></textarea>
        <button type="submit" class="small">Save</button>
        <button type="button" class="small" @click=${this.#close}>Keep as it was</button>
      </form>
    `;
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
    const text = this.querySelector('textarea')?.value.trim() ?? '';
    if (text !== this.segment?.text.trim()) void editSegment(this.transcript, this.index, text);
    this.#close();
  }

  async #close() {
    this.editing = false;
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector('.edit'))?.focus();
  }
}
customElements.define('ew-segment-line', SegmentLine);
