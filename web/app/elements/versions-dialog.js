/** @import { Difference, TextVersion } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { clock } from '../format.js';
import { change } from '../history.js';
import { library } from '../library-client.js';
import { signal, store } from '../store.js';
import * as t from '../strings/editing.js';
import { note, tellError } from '../toasts.js';
import { button } from './buttons.js';
import { Dialog, dialogFrame } from './dialog.js';

/** Versions that are listed at once. */
const LISTED = 100;

/** @type {import('@preact/signals-core').Signal<boolean>} */
const open = signal(false);

/** Show the versions of the text on show. */
export function openVersions() {
  open.value = true;
}

/** The versions of a text, each compared with the text as it is now, and the way back. */
class VersionsDialog extends Dialog {
  #versions = signal(/** @type {readonly TextVersion[]} */ ([]));
  /** @type {import('@preact/signals-core').Signal<{ id: number, differences: readonly Difference[] } | null>} */
  #compared = signal(/** @type {any} */ (null));
  #listed = signal(LISTED);
  /** The text whose versions are here. */
  #known = '';

  render() {
    const { opened } = store;
    if (!open.value || !opened) return nothing;
    const known = `${opened.id} ${opened.transcript?.revision}`;
    if (known !== this.#known) void this.#read(opened.id, known);
    const all = this.#versions.value;
    const listed = all.slice(0, this.#listed.value);
    const more = all.length - listed.length;
    return dialogFrame(
      t.versions,
      html`
        <ol class="versions">
          ${listed.map((version, index) => this.#version(opened.id, version, index === 0))}
        </ol>
        ${more > 0 ? button(t.olderVersions(more), () => this.#more()) : nothing}
      `,
      nothing,
      'wide',
    );
  }

  closed() {
    open.value = false;
    this.#known = '';
    this.#versions.value = [];
    this.#compared.value = null;
    this.#listed.value = LISTED;
  }

  #more() {
    this.#listed.value += LISTED;
  }

  /** @param {string} transcript_id @param {string} known */
  async #read(transcript_id, known) {
    this.#known = known;
    try {
      const { versions } = await library.request({ type: 'list-versions', transcript_id });
      // Another text is asked about by now, or the dialog is closed.
      if (known !== this.#known) return;
      this.#compared.value = null;
      this.#versions.value = versions;
    } catch (thrown) {
      tellError(thrown);
    }
  }

  /** @param {string} id @param {TextVersion} version @param {boolean} isNow */
  #version(id, version, isNow) {
    const { id: number, at, what } = version;
    const compared = this.#compared.value?.id === number ? this.#compared.value : null;
    const name = `version-${number}`;
    return html`
      <li>
        <span id=${name}><span class="quiet">${moment(at)}</span> ${what}</span>
        ${
          isNow
            ? html`<small class="quiet">${t.textNow}</small>`
            : html`${button(t.compare, () => this.#compare(id, number), { described: name })}
              ${button(t.restore, () => this.#restore(id, number), { described: name })}`
        }
        ${compared ? differences(compared.differences) : nothing}
      </li>
    `;
  }

  /** @param {string} transcript_id @param {number} version */
  async #compare(transcript_id, version) {
    if (this.#compared.value?.id === version) {
      this.#compared.value = null;
      return;
    }
    try {
      const request = { type: /** @type {const} */ ('compare-versions'), transcript_id, version };
      const { differences } = await library.request(request);
      this.#compared.value = { id: version, differences };
    } catch (thrown) {
      tellError(thrown);
    }
  }

  /** @param {string} transcript_id @param {number} version */
  async #restore(transcript_id, version) {
    const request = { type: /** @type {const} */ ('restore-version'), transcript_id, version };
    if (await change(request)) note(t.restored);
  }
}

/** @param {readonly Difference[]} all */
function differences(all) {
  if (!all.length) return html`<p class="quiet" role="status">${t.noDifferences}</p>`;
  return html`
    <ul class="differences">
      ${all.map(
        ({ start_s, words }) => html`
          <li>
            <span class="quiet">${clock(start_s)}</span>
            <span dir="auto">${words.map(({ kind, text }) => marked(kind, text))}</span>
          </li>
        `,
      )}
    </ul>
  `;
}

/** @param {'same' | 'removed' | 'added'} kind @param {string} text */
function marked(kind, text) {
  if (kind === 'removed') return html`<del>${text}</del> `;
  return kind === 'added' ? html`<ins>${text}</ins> ` : html`${text} `;
}

/** @param {string} at ISO 8601 */
const moment = (at) => new Date(at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
customElements.define('ew-versions-dialog', VersionsDialog);
