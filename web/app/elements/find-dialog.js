/** @import { FindText, FoundInRecording, FoundText } from '../../generated/messages' */
/** @import { Finding } from '../find.js' */
import { html, nothing } from 'lit';
import {
  closeFind,
  countChosen,
  expectName,
  finding,
  look,
  replaceFound,
  skip,
  skipRecording,
} from '../find.js';
import { clock, titleOf } from '../format.js';
import { reader } from '../reader.js';
import { signal, store } from '../store.js';
import * as t from '../strings/editing.js';
import { button } from './buttons.js';
import { Dialog, dialogFrame } from './dialog.js';
import { line } from './fields.js';

/** Places that are listed at once. */
const LISTED = 200;

/** Find and replace in the text on show. */
class FindDialog extends Dialog {
  #listed = signal(LISTED);

  render() {
    const found = finding.value;
    if (!found) return nothing;
    const { replacement, query } = found;
    const count = countChosen(found);
    return dialogFrame(
      t.findAndReplace,
      html`
        <form id="find" class="find-fields" @submit=${this.#submit}>
          ${line(
            t.find,
            html`<input name="find" dir="auto" autocomplete="off" maxlength="1000"
              .value=${query.text} @input=${typed((text) => this.#query({ text }))} />`,
          )}
          ${line(
            t.replaceWith,
            html`<input name="replace" dir="auto" autocomplete="off" maxlength="1000"
              .value=${replacement} @input=${typed((text) => look({ replacement: text }))} />`,
          )}
          <div class="row-buttons find-options">
            ${this.#option(t.matchCase, 'match_case', query)}
            ${this.#option(t.wholeWords, 'whole_words', query)}
            ${this.#option(t.regularExpression, 'regular_expression', query)}
            <label>
              <input
                type="checkbox"
                .checked=${found.everywhere}
                @change=${(/** @type {any} */ { target }) => look({ everywhere: target.checked })}
              />
              ${t.inAllRecordings}
            </label>
          </div>
        </form>
        <p role="status" class="quiet">${told(found)}</p>
        ${found.everywhere ? this.#recordings(found) : this.#places(found)}
        <label>
          <input
            type="checkbox"
            .checked=${found.expected}
            @change=${(/** @type {any} */ { target }) => expectName(target.checked)}
          />
          ${t.expectName(replacement.trim())}
        </label>
      `,
      html`
        <form method="dialog" class="row-buttons">
          <button class="secondary">${t.close}</button>
          <button form="find" ?disabled=${!count}>${t.replacePlaces(count)}</button>
        </form>
      `,
      'wide',
    );
  }

  updated() {
    const opening = !this.querySelector('dialog[open]');
    super.updated();
    if (opening) this.querySelector('input')?.focus();
  }

  closed() {
    this.#listed.value = LISTED;
    closeFind();
  }

  /** @param {Partial<FindText>} over */
  #query(over) {
    if (finding.value) look({ query: { ...finding.value.query, ...over } });
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    if (await replaceFound()) this.#close();
  }

  /** The focus goes back to where it was. */
  #close() {
    this.querySelector('dialog')?.close();
  }

  /**
   * @param {string} label
   * @param {'match_case' | 'whole_words' | 'regular_expression'} name
   * @param {FindText} query
   */
  #option(label, name, query) {
    return html`
      <label>
        <input
          type="checkbox"
          .checked=${query[name]}
          @change=${(/** @type {any} */ { target }) => this.#query({ [name]: target.checked })}
        />
        ${label}
      </label>
    `;
  }

  /** @param {Finding} found */
  #places({ places, skipped }) {
    const listed = places.slice(0, this.#listed.value);
    if (!listed.length) return nothing;
    const more = places.length - listed.length;
    return html`
      <ol class="places">
        ${listed.map((place, number) => this.#place(place, number, skipped.has(number)))}
      </ol>
      ${more > 0 ? button(t.morePlaces(more), () => this.#more()) : nothing}
    `;
  }

  /** @param {Finding} found */
  #recordings({ recordings, skippedRecordings }) {
    if (!recordings.length) return nothing;
    return html`
      <ol class="places">
        ${recordings.map((each) => this.#recording(each, skippedRecordings.has(each.transcript_id)))}
      </ol>
    `;
  }

  /** @param {FoundInRecording} found @param {boolean} skipped */
  #recording({ transcript_id, name, count, places }, skipped) {
    const more = count - places.length;
    return html`
      <li class="found-recording">
        <label>
          <input
            type="checkbox"
            .checked=${!skipped}
            @change=${(/** @type {any} */ { target }) => skipRecording(transcript_id, !target.checked)}
          />
          <strong dir="auto">${titleOf(name)}</strong>
          <span class="quiet">${t.placesFound(count)}</span>
        </label>
        <ul>
          ${places.map((place) => html`<li dir="auto">${passage(place, skipped)}</li>`)}
          ${more > 0 ? html`<li class="quiet">${t.moreOfThem(more)}</li>` : nothing}
        </ul>
      </li>
    `;
  }

  #more() {
    this.#listed.value += LISTED;
  }

  /** @param {FoundText} place @param {number} number @param {boolean} skipped */
  #place(place, number, skipped) {
    const { segment } = place;
    const start_s = store.opened?.transcript?.segments[segment]?.start_s ?? 0;
    const at = clock(start_s);
    const go = () => {
      this.#close();
      void reader.value?.go(segment, { at_s: start_s, flash: true });
    };
    return html`
      <li>
        <label>
          <input
            type="checkbox"
            .checked=${!skipped}
            @change=${(/** @type {any} */ { target }) => skip(number, !target.checked)}
          />
          <span dir="auto">${passage(place, skipped)}</span>
        </label>
        <button type="button" class="time" aria-label=${t.goTo(at)} @click=${go}>${at}</button>
      </li>
    `;
  }
}

/** @param {FoundText} place @param {boolean} skipped */
const passage = ({ text, before, after, replacement }, skipped) =>
  html`${before}<del>${text}</del>${replacement && !skipped ? html`<ins>${replacement}</ins>` : nothing}${after}`;

/** @param {Finding} found */
function told({ query, places, problem, everywhere, recordings }) {
  if (problem) return html`<strong>${problem.message}</strong> ${problem.hint}`;
  if (everywhere && query.text.trim()) {
    const count = recordings.reduce((sum, each) => sum + each.count, 0);
    return t.placesFoundIn(count, recordings.length);
  }
  return query.text.trim() ? t.placesFound(places.length) : nothing;
}

/** @param {(text: string) => void} take @returns {(event: Event) => void} */
const typed = (take) => (event) => take(/** @type {HTMLInputElement} */ (event.target).value);
customElements.define('ew-find-dialog', FindDialog);
