import { html } from 'lit';
import { TAG_MAX } from '../../generated/constants.js';
import { setTags } from '../actions.js';
import { store } from '../store.js';
import * as t from '../strings/head.js';
import { SummaryView } from '../view.js';

/** A recording's tags, to be added and taken away. */
class TagList extends SummaryView {
  render() {
    const { id, tags } = this.summary;
    return html`
      <section class="tags" aria-label=${t.tags}>
        ${tags.map(
          (tag) => html`
            <span class="tag">
              ${tag}
              <button
                type="button"
                aria-label=${t.removeTag(tag)}
                @click=${() =>
                  setTags(
                    id,
                    tags.filter((each) => each !== tag),
                  )}
              >
                ×
              </button>
            </span>
          `,
        )}
        <form @submit=${this.#add}>
          <input
            name="tag"
            aria-label=${t.addTag}
            placeholder=${t.addTag}
            maxlength=${TAG_MAX}
            list="all-tags"
            autocomplete="off"
          />
          <datalist id="all-tags">
            ${store.tags.map((tag) => html`<option value=${tag}></option>`)}
          </datalist>
        </form>
      </section>
    `;
  }

  /** @param {SubmitEvent} event */
  #add(event) {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (this.querySelector('input'));
    const tag = field.value.trim();
    if (!tag) return;
    field.value = '';
    void setTags(this.summary.id, [...this.summary.tags, tag]);
  }
}
customElements.define('ew-tag-list', TagList);
