/** Small buttons. */
import { html, nothing } from 'lit';

/**
 * @param {unknown} label
 * @param {() => unknown} act
 * @param {object} [more]
 * @param {string} [more.described] id of the element with the name of what the button acts on
 * @param {string} [more.title]
 * @param {boolean} [more.danger] the action cannot be undone
 * @param {boolean} [more.disabled]
 */
export const button = (label, act, { described, title, danger, disabled = false } = {}) => html`
  <button
    type="button"
    class=${danger ? 'small danger' : 'small'}
    aria-describedby=${described ?? nothing}
    title=${title ?? nothing}
    ?disabled=${disabled}
    @click=${act}
  >
    ${label}
  </button>
`;

/**
 * A button that shows an icon alone.
 * @param {unknown} icon
 * @param {string} label
 * @param {(event: Event) => unknown} act
 * @param {{ described?: string, kind?: string }} [more] as of `button`; `kind` is one more class
 */
export const iconButton = (icon, label, act, { described, kind = '' } = {}) => html`
  <button
    type="button"
    class=${`icon ${kind}`}
    aria-label=${label}
    title=${label}
    aria-describedby=${described ?? nothing}
    @click=${act}
  >
    ${icon}
  </button>
`;

/**
 * A button that lets the user choose a file.
 * @param {string} label
 * @param {(file: File) => unknown} take
 * @param {{ accept?: string, described?: string }} more as of `button`, and of a file field
 */
export const fileButton = (label, take, { accept, described }) => html`
  <label class="small button">
    <input
      type="file"
      class="unseen"
      accept=${accept ?? nothing}
      aria-describedby=${described ?? nothing}
      @change=${(/** @type {Event} */ event) => {
        const input = /** @type {HTMLInputElement} */ (event.currentTarget);
        if (input.files?.[0]) take(input.files[0]);
        // The same file can be chosen again.
        input.value = '';
      }}
    />
    ${label}
  </label>
`;
