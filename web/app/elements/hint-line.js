import { html, nothing } from 'lit';
import { doubts } from '../doubts.js';
import * as icons from '../icons.js';
import { recall, remember } from '../platform.js';
import { showsDoubts } from '../preferences.js';
import { effect, signal, store, untracked } from '../store.js';
import * as t from '../strings/hints.js';
import { quoteCopied } from '../strings/notes.js';
import { View } from '../view.js';
import { iconButton } from './buttons.js';

/** Under this name the device keeps how many hints are over. */
const SEEN = 'hints-seen';

/**
 * One after the other: what it says, when it can be followed, and when it was.
 * @type {readonly { text: string, fits: () => boolean, done: () => boolean }[]}
 */
const HINTS = [
  {
    text: t.clickToHear,
    fits: () => store.player.ready && store.player.id === store.shownId,
    done: () => !store.player.paused,
  },
  {
    text: t.goThroughDoubts,
    fits: () => showsDoubts.value && doubts.value.id === store.shownId && doubts.value.count > 0,
    done: () => doubts.value.at !== null,
  },
  {
    text: t.copyQuote,
    fits: () => Boolean(store.opened?.transcript?.segments.length),
    done: () => store.toasts.some(({ text }) => text === quoteCopied),
  },
];

/** Three hints over the text, each shown until it was followed or put away; then never again. */
class HintLine extends View {
  #seen = signal(Number(recall(SEEN)) || 0);
  #stop = () => {};

  connectedCallback() {
    super.connectedCallback();
    this.#stop = effect(() => {
      const hint = HINTS[this.#seen.value];
      if (hint?.fits() && hint.done()) untracked(() => this.#next());
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#stop();
  }

  render() {
    const hint = HINTS[this.#seen.value];
    if (!store.opened || !hint?.fits()) return nothing;
    return html`
      <aside class="hint" aria-label=${t.hint}>
        <span>${hint.text}</span>
        ${iconButton(icons.cross, t.dismiss, () => this.#next())}
      </aside>
    `;
  }

  #next() {
    this.#seen.value += 1;
    remember(SEEN, String(this.#seen.value));
  }
}
customElements.define('ew-hint-line', HintLine);
