/** @import { Topic } from './state.js' */
import { LitElement } from 'lit';
import { state } from './state.js';

/**
 * An element that draws the page's state into the page itself (no shadow root, so that one style
 * sheet serves everything), and again whenever one of its topics changes.
 */
export class View extends LitElement {
  /** @type {readonly Topic[]} */
  static topics = [];

  /** @returns {readonly Topic[]} */
  get #topics() {
    return /** @type {typeof View} */ (this.constructor).topics;
  }

  #changed = () => this.requestUpdate();

  /** What index.html painted first gives way to the real thing. */
  createRenderRoot() {
    this.replaceChildren();
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    for (const topic of this.#topics) state.addEventListener(topic, this.#changed);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    for (const topic of this.#topics) state.removeEventListener(topic, this.#changed);
  }
}
