/** The text that is being decoded. */
/** @import { PartialText } from '../../generated/messages' */
import { html } from 'lit';
import { clock } from '../format.js';
import { reader } from '../reader.js';
import * as t from '../strings/transcript.js';
import { View } from '../view.js';

/** Grey, below the saved text: its words may still change, and cannot be clicked. */
class PartialTexts extends View {
  static properties = { texts: { attribute: false }, language: { attribute: false } };

  constructor() {
    super();
    /** @type {readonly PartialText[]} */
    this.texts = [];
    /** @type {string | null} */
    this.language = null;
  }

  render() {
    return html`
      <section class="partial" aria-label=${t.partial} lang=${this.language ?? ''}>
        ${this.texts.map(
          ({ start_s, text }) => html`
            <div class="paragraph">
              <span class="margin"><span class="time">${clock(start_s)}</span></span>
              <p class="said" dir="auto">${text}</p>
            </div>
          `,
        )}
      </section>
    `;
  }

  updated() {
    reader.peek()?.goAlong();
  }
}
customElements.define('ew-partial-text', PartialTexts);
