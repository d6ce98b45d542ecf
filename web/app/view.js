/** @import { TranscriptSummary } from '../generated/messages' */
import { LitElement } from 'lit';
import { effect } from './store.js';

/**
 * An element that draws the store into the page itself (no shadow root, so that one style sheet
 * serves everything), and again whenever something changed that it read while drawing.
 */
export class View extends LitElement {
  #stop = () => {};

  /** What index.html painted first gives way to the real thing. */
  createRenderRoot() {
    this.replaceChildren();
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    // While it was away nothing told it of changes.
    if (this.hasUpdated) this.requestUpdate();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#stop();
  }

  /** @param {import('lit').PropertyValues} changed */
  update(changed) {
    this.#stop();
    if (!this.isConnected) return super.update(changed);
    let drawing = true;
    this.#stop = effect(() => {
      if (drawing) super.update(changed);
      else this.requestUpdate();
      drawing = false;
    });
  }
}

/** A view of one recording. */
export class SummaryView extends View {
  /** @type {import('lit').PropertyDeclarations} */
  static properties = { summary: { attribute: false } };

  constructor() {
    super();
    /** Set by the template that creates the element. @type {TranscriptSummary} */
    this.summary = /** @type {any} */ (null);
  }
}
