import { View } from '../view.js';

/** Between the card and the words. */
const GAP_PX = 8;

/** A card beside words of the text, as long as the user does not press elsewhere. */
export class TextCard extends View {
  #stop = new AbortController();

  connectedCallback() {
    super.connectedCallback();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    addEventListener('scroll', () => this.place(), { signal, capture: true, passive: true });
    addEventListener('resize', () => this.place(), { signal });
    document.addEventListener('pointerdown', (event) => this.#pressed(event), { signal });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#stop.abort();
  }

  updated() {
    this.place();
  }

  /** What may be pressed while it stays, as a selector. */
  get beside() {
    return '.player, .toasts';
  }

  /** Where its words are in the window. @returns {DOMRect | null | undefined} */
  get words() {
    return null;
  }

  /** The user goes on elsewhere. */
  putAway() {}

  /** Put it below its words, or above them where there is no room. */
  place() {
    const card = /** @type {HTMLElement | null} */ (this.firstElementChild);
    const words = card && this.words;
    if (!card || !words) return;
    const below = words.bottom + GAP_PX;
    const room = innerHeight - card.offsetHeight - GAP_PX;
    const above = words.top - card.offsetHeight - GAP_PX;
    const y = below <= room ? below : Math.max(GAP_PX, Math.min(above, room));
    const most = innerWidth - card.offsetWidth - GAP_PX;
    const x = Math.max(GAP_PX, Math.min(words.left, most));
    card.style.setProperty('--x', `${Math.round(x)}px`);
    card.style.setProperty('--y', `${Math.round(y)}px`);
  }

  /** @param {PointerEvent} event */
  #pressed({ target }) {
    const pressed = /** @type {Element} */ (target);
    if (this.firstElementChild && !this.contains(pressed) && !pressed.closest(this.beside))
      this.putAway();
  }
}
