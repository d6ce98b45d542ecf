/** @import { Segment } from '../../generated/messages' */
/** @import { Edge, Move } from '../edges.js' */
import { html, nothing } from 'lit';
import { hear, movedSentence, moveEdges, STEP_S } from '../edges.js';
import { exactClock, readClock } from '../format.js';
import { reader } from '../reader.js';
import { signal, store } from '../store.js';
import * as t from '../strings/edges.js';
import { button } from './buttons.js';
import { TextCard } from './text-card.js';

/** Steps that follow each other within this time are one change. */
const SETTLED_MS = 500;

/** Start and end of one sentence, to be moved and heard. */
class EdgesCard extends TextCard {
  #focused = false;
  /** What is not saved yet. @type {Move | null} */
  #move = null;
  #timer = 0;
  /** Moves come one after the other. */
  #moving = Promise.resolve();
  /** What the user is to know of the last move. */
  #told = signal('');

  disconnectedCallback() {
    super.disconnectedCallback();
    this.putAway();
  }

  get words() {
    const moved = movedSentence.value;
    return moved && reader.value?.rectOfSentence(moved.segment);
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
          <small role="status">${this.#told.value || t.help}</small>
          ${button(t.done, () => this.#close())}
        </div>
      </section>
    `;
  }

  updated() {
    super.updated();
    const field = this.querySelector('input');
    if (!field || this.#focused) return;
    this.#focused = true;
    field.focus();
    field.select();
  }

  /** @param {Edge} edge @param {string} label @param {string} heard @param {Segment} segment */
  #edge(edge, label, heard, segment) {
    const at_s = segment[edge];
    const step = (/** @type {number} */ by_s) => () => this.#step(edge, by_s);
    return html`
      <div class="edge">
        <label>
          <span>${label}</span>
          <input name=${edge} inputmode="decimal" autocomplete="off" size="8"
            .value=${exactClock(this.#move?.edges[edge] ?? at_s)}
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
    const at_s = readClock(field.value);
    field.ariaInvalid = at_s === null ? 'true' : null;
    if (at_s === null) {
      this.#told.value = t.noTime;
      return;
    }
    this.#want(edge, at_s);
    this.#save();
  }

  /** @param {Edge} edge @param {number} by_s */
  #step(edge, by_s) {
    const now = this.#now?.[edge];
    if (now === undefined) return;
    const at_ms = Math.round(((this.#move?.edges[edge] ?? now) + by_s) * 1000);
    this.#want(edge, Math.max(0, at_ms) / 1000);
    this.#show(edge);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#save(), SETTLED_MS);
  }

  /** The sentence as it is saved; null: it is not on show any more. */
  get #now() {
    const moved = movedSentence.value;
    const { transcript } = store.opened ?? {};
    return moved?.transcript === transcript?.id ? transcript?.segments[moved?.segment ?? -1] : null;
  }

  /** @param {Edge} edge @param {number} at_s */
  #want(edge, at_s) {
    const moved = movedSentence.value;
    if (!moved || !this.#now) return;
    const revision = store.opened?.transcript?.revision ?? 0;
    this.#move = { ...moved, revision, edges: { ...this.#move?.edges, [edge]: at_s } };
  }

  /** Write where the edges are moved to, and let the user hear the last of them. */
  #save() {
    clearTimeout(this.#timer);
    const move = this.#move;
    if (!move) return;
    this.#move = null;
    const sentence = movedSentence.value;
    this.#moving = this.#moving.then(async () => {
      const hasStopped = await moveEdges(move);
      if (!sentence || movedSentence.value !== sentence) return;
      this.#told.value = hasStopped ? t.stopped : '';
      this.#show('start_s');
      this.#show('end_s');
      const last = Object.keys(move.edges).at(-1);
      if (last) hear(/** @type {Edge} */ (last));
    });
  }

  /** Put into the field where the edge is, also where that differs from what was typed. @param {Edge} edge */
  #show(edge) {
    const field = /** @type {HTMLInputElement | null} */ (this.querySelector(`[name=${edge}]`));
    const at_s = this.#move?.edges[edge] ?? this.#now?.[edge];
    if (!field || at_s === undefined) return;
    field.value = exactClock(at_s);
    field.ariaInvalid = null;
  }

  /** Save what is moved, and go. */
  putAway() {
    this.#save();
    this.#told.value = '';
    movedSentence.value = null;
  }

  #close() {
    this.putAway();
    reader.value?.focusText();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key, target } = event;
    const edge = /** @type {Edge | ''} */ (/** @type {HTMLInputElement} */ (target).name ?? '');
    const by_s = { ArrowUp: STEP_S, ArrowDown: -STEP_S }[key];
    if (key === 'Escape') this.#close();
    else if (by_s && edge) this.#step(edge, by_s);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
customElements.define('ew-edges-card', EdgesCard);
