/** @import { Segment } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { hear, movedSentence, moveEdge, STEP_S } from '../edges.js';
import { reader } from '../reader.js';
import { store } from '../store.js';
import * as t from '../strings/edges.js';
import { View } from '../view.js';
import { button } from './buttons.js';
import { placeCard } from './text-card.js';

/** @typedef {'start_s' | 'end_s'} Edge */

/** Start and end of one sentence, to be moved and heard. */
class EdgesCard extends View {
  #stop = new AbortController();
  #focused = false;
  /** Moves come one after the other. */
  #moving = Promise.resolve();

  connectedCallback() {
    super.connectedCallback();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    addEventListener('scroll', () => this.#place(), { signal, capture: true, passive: true });
    addEventListener('resize', () => this.#place(), { signal });
    const press = (/** @type {PointerEvent} */ { target }) => {
      const inside = /** @type {Element} */ (target).closest('ew-edges-card, .player, .toasts');
      if (!inside) movedSentence.value = null;
    };
    document.addEventListener('pointerdown', press, { signal });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#stop.abort();
    movedSentence.value = null;
  }

  render() {
    const moved = movedSentence.value;
    const { transcript } = store.opened ?? {};
    const segment = moved && transcript?.segments[moved.segment];
    if (!segment || moved.transcript !== transcript?.id) {
      this.#focused = false;
      return nothing;
    }
    return html`
      <section class="highlight-card edges-card" aria-label=${t.title} @keydown=${this.#key}>
        <p class="quiet" dir="auto">${segment.text.trim()}</p>
        ${this.#edge('start_s', t.start, t.hearStart, segment)}
        ${this.#edge('end_s', t.end, t.hearEnd, segment)}
        <div class="row-buttons">
          <small>${t.help}</small>
          ${button(t.done, () => this.#close())}
        </div>
      </section>
    `;
  }

  updated() {
    this.#place();
    const field = this.querySelector('input');
    if (!field || this.#focused) return;
    this.#focused = true;
    field.focus();
    field.select();
  }

  /** @param {Edge} edge @param {string} label @param {string} heard @param {Segment} segment */
  #edge(edge, label, heard, segment) {
    const at_s = segment[edge];
    const step = (/** @type {number} */ by_s) => () => this.#move(edge, by_s);
    return html`
      <div class="edge">
        <label>
          <span>${label}</span>
          <input name=${edge} inputmode="decimal" autocomplete="off" size="8"
            .value=${String(at_s)}
            @change=${(/** @type {Event} */ event) => this.#typed(edge, event)}
          />
        </label>
        <button type="button" class="small" aria-label=${t.earlier(label)} @click=${step(-STEP_S)}>−</button>
        <button type="button" class="small" aria-label=${t.later(label)} @click=${step(STEP_S)}>+</button>
        ${
          reader.value?.playable
            ? html`<button type="button" class="small" aria-label=${heard} @click=${() => hear(edge)}>
                ${t.hear}
              </button>`
            : nothing
        }
      </div>
    `;
  }

  /** @param {Edge} edge @param {Event} event */
  #typed(edge, { target }) {
    const field = /** @type {HTMLInputElement} */ (target);
    const at_s = Number(field.value.trim().replace(',', '.') || Number.NaN);
    const moved = () => (Number.isFinite(at_s) ? moveEdge(edge, at_s) : undefined);
    this.#moving = this.#moving.then(moved).then(() => this.#refresh(edge));
  }

  /** @param {Edge} edge @param {number} by_s */
  #move(edge, by_s) {
    const step = () => {
      const { segments } = store.opened?.transcript ?? {};
      const at_s = segments?.[movedSentence.value?.segment ?? -1]?.[edge] ?? Number.NaN;
      return moveEdge(edge, at_s + by_s);
    };
    this.#moving = this.#moving.then(step).then(() => this.#refresh(edge));
  }

  /** The field has the time that is saved, also where that differs from what was typed. @param {Edge} edge */
  #refresh(edge) {
    const field = /** @type {HTMLInputElement | null} */ (this.querySelector(`[name=${edge}]`));
    const { segments } = store.opened?.transcript ?? {};
    const at_s = segments?.[movedSentence.value?.segment ?? -1]?.[edge];
    if (field && at_s !== undefined) field.value = String(at_s);
  }

  #close() {
    movedSentence.value = null;
    reader.value?.focusText();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key, target } = event;
    const edge = /** @type {Edge | ''} */ (/** @type {HTMLInputElement} */ (target).name ?? '');
    const by_s = { ArrowUp: STEP_S, ArrowDown: -STEP_S }[key];
    if (key === 'Escape') this.#close();
    else if (by_s && edge) this.#move(edge, by_s);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #place() {
    const card = /** @type {HTMLElement | null} */ (this.firstElementChild);
    const moved = movedSentence.value;
    const rect = card && moved && reader.value?.rectOfSentence(moved.segment);
    if (card && rect) placeCard(card, rect);
  }
}
customElements.define('ew-edges-card', EdgesCard);
