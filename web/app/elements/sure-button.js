import { html } from 'lit';
import { keep } from '../strings/settings.js';
import { View } from '../view.js';
import { button } from './buttons.js';

/** A button for what cannot be undone: it asks before it acts. */
class SureButton extends View {
  static properties = {
    label: {},
    question: {},
    act: { attribute: false },
    asking: { state: true },
  };

  constructor() {
    super();
    this.label = '';
    this.question = '';
    /** @type {() => unknown} */
    this.act = () => {};
    this.asking = false;
  }

  render() {
    if (!this.asking) return button(this.label, () => this.#turn(true));
    return html`
      <div class="sure">
        <p role="alert">${this.question}</p>
        <button type="button" class="small danger" @click=${this.#yes}>${this.label}</button>
        ${button(keep, () => this.#turn(false))}
      </div>
    `;
  }

  #yes() {
    this.asking = false;
    this.act();
  }

  /** The focus goes to what does no harm. @param {boolean} asking */
  async #turn(asking) {
    this.asking = asking;
    await this.updateComplete;
    /** @type {HTMLElement | null} */
    const last = this.querySelector('button:last-of-type');
    last?.focus();
  }
}
customElements.define('ew-sure-button', SureButton);
