/** @import { Conflict, Question } from '../originals.js' */
import { html, nothing } from 'lit';
import { clock } from '../format.js';
import { question, synchronise } from '../originals.js';
import { serverName } from '../server-name.js';
import { store, summaryOf } from '../store.js';
import * as t from '../strings/originals.js';
import { Dialog, dialogFrame } from './dialog.js';

/** Asks whose text stays where a sentence was changed here and on the server. */
class ConflictDialog extends Dialog {
  render() {
    const asked = question.value;
    if (!asked) return nothing;
    const name = serverName(summaryOf(asked.id)?.job.server ?? '');
    return dialogFrame(
      t.whoseText,
      html`
        <form id="conflicts" method="dialog" @submit=${() => this.#answer(asked)}>
          <p>${t.bothChanged(asked.conflicts.length, name)} ${t.bothStay}</p>
          ${asked.conflicts.map((conflict) => choice(conflict, name))}
        </form>
      `,
      html`
        <div class="row-buttons">
          <form method="dialog"><button class="secondary">${t.notNow}</button></form>
          <button form="conflicts" value="keep">${t.keepChosen}</button>
        </div>
      `,
      'wide',
    );
  }

  closed() {
    question.value = null;
  }

  /** @param {Question} asked */
  #answer(asked) {
    const form = /** @type {HTMLFormElement} */ (this.querySelector('#conflicts'));
    const keep = /** @type {Record<string, 'mine' | 'theirs'>} */ (
      Object.fromEntries(new FormData(form))
    );
    void synchronise(asked.id, asked.send, asked, keep);
  }
}

/** @param {Conflict} conflict @param {string} name */
function choice({ segment, yours, theirs }, name) {
  const start_s = store.opened?.transcript?.segments[segment]?.start_s;
  return html`
    <fieldset class="conflict">
      <legend>${start_s === undefined ? '' : clock(start_s)}</legend>
      ${text(segment, 'mine', t.yours, yours)} ${text(segment, 'theirs', t.theirs(name), theirs)}
    </fieldset>
  `;
}

/** @param {number} segment @param {string} value @param {string} label @param {string} words */
const text = (segment, value, label, words) => html`
  <label>
    <input type="radio" name=${segment} value=${value} required />
    <small class="quiet">${label}</small>
    <span dir="auto">${words || t.deleted}</span>
  </label>
`;
customElements.define('ew-conflict-dialog', ConflictDialog);
