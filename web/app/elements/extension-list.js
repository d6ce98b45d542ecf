/** @import { ExtensionView } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { addExtension, enableExtension, listExtensions, removeExtension } from '../extensions.js';
import { signal, store } from '../store.js';
import * as t from '../strings/extensions.js';
import { note, tellError } from '../toasts.js';
import { View } from '../view.js';
import { button } from './buttons.js';
import { toggle } from './fields.js';

/** A pasted module has no name of its own: its first class has. */
const CLASS = /^class\s+(\w+)/m;

/** The extensions on this device, and how to add one. */
class ExtensionList extends View {
  #busy = signal(false);

  connectedCallback() {
    super.connectedCallback();
    listExtensions().catch(tellError);
  }

  render() {
    return html`
      <p class="quiet">${t.help}</p>
      ${
        store.extensions.length
          ? html`<ul class="plain">${store.extensions.map((each) => this.#entry(each))}</ul>`
          : html`<p>${t.none}</p>`
      }
      <div class="row-buttons">
        <label class="small button">
          <input
            type="file"
            class="unseen"
            accept=".whl,.py"
            multiple
            ?disabled=${this.#busy.value}
            @change=${this.#choose}
          />
          ${t.add}
        </label>
      </div>
      <details>
        <summary>${t.paste}</summary>
        <form @submit=${this.#paste}>
          <textarea
            name="module"
            rows="8"
            aria-label=${t.paste}
            placeholder=${t.pasteExample}
            spellcheck="false"
            autocomplete="off"
            required
          ></textarea>
          <button type="submit" class="small" ?disabled=${this.#busy.value}>${t.addPasted}</button>
        </form>
      </details>
      <p role="status">${this.#busy.value ? t.installing : nothing}</p>
    `;
  }

  /** @param {ExtensionView} extension */
  #entry({ name, version, summary, on, formats, rules }) {
    const brings = t.brings(
      rules.map(({ title }) => title),
      formats.map(({ title, extension }) => `${title} (.${extension})`),
    );
    return html`
      <li>
        <b>${name}</b> <small>${version}</small>
        <p class="quiet">${[summary, brings].filter(Boolean).join(' · ')}</p>
        ${toggle(t.use(name), on, { change: (use) => enableExtension(name, use).catch(tellError) })}
        ${button(t.remove, () => removeExtension(name).catch(tellError))}
      </li>
    `;
  }

  /** @param {Event} event */
  #choose(event) {
    const input = /** @type {HTMLInputElement} */ (event.currentTarget);
    const files = [...(input.files ?? [])];
    // The same file can be chosen again.
    input.value = '';
    if (files.length) void this.#add(files);
  }

  /** @param {SubmitEvent} event */
  async #paste(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const text = String(new FormData(form).get('module'));
    const name = CLASS.exec(text)?.[1].toLowerCase() ?? 'pasted';
    if (await this.#add([new File([text], `${name}.py`)])) form.reset();
  }

  /** @param {File[]} files */
  async #add(files) {
    this.#busy.value = true;
    try {
      await addExtension(files);
      note(t.added(files[0].name));
      return true;
    } catch (thrown) {
      tellError(thrown);
      return false;
    } finally {
      this.#busy.value = false;
    }
  }
}
customElements.define('ew-extension-list', ExtensionList);
