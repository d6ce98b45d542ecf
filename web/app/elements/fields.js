/** Form fields with their labels. */
import { html, nothing } from 'lit';

/** @typedef {readonly [value: string, text: string]} Option */

/** A label beside its field. @param {string} label @param {unknown} field */
export const line = (label, field) => html`
  <label class="line"><span>${label}</span>${field}</label>
`;

/**
 * The values a field offers.
 * @param {readonly Option[]} list
 * @param {string | null} chosen
 */
export const options = (list, chosen) =>
  list.map(
    ([value, text]) => html`
      <option value=${value} .selected=${value === chosen}>${text}</option>
    `,
  );

/**
 * One of several values.
 * @param {string} label
 * @param {readonly Option[]} list
 * @param {string | null} chosen
 * @param {{ name?: string, change?: (value: string) => unknown }} more
 */
export const select = (label, list, chosen, { name, change }) =>
  line(
    label,
    html`
      <select name=${name ?? nothing} @change=${change && given(change)}>
        ${options(list, chosen)}
      </select>
    `,
  );

/**
 * On or off.
 * @param {string} label
 * @param {boolean} on
 * @param {{ name?: string, change?: (on: boolean) => unknown, disabled?: boolean }} more
 */
export const toggle = (label, on, { name, change, disabled = false }) => html`
  <label>
    <input
      type="checkbox"
      role="switch"
      name=${name ?? nothing}
      ?disabled=${disabled}
      .checked=${on}
      @change=${change && ((/** @type {any} */ { target }) => change(target.checked))}
    />
    ${label}
  </label>
`;

/**
 * One of a group of choices.
 * @param {string} name of the group
 * @param {boolean} chosen
 * @param {string} title
 * @param {string} about
 * @param {() => unknown} choose
 */
export const radio = (name, chosen, title, about, choose) => html`
  <label>
    <input type="radio" name=${name} .checked=${chosen} @change=${choose} />
    <span>${title} <small>${about}</small></span>
  </label>
`;

/**
 * A listener that is given what stands in the field.
 * @param {(value: string) => unknown} take
 */
export const given =
  (take) =>
  (/** @type {Event} */ { target }) =>
    take(/** @type {HTMLInputElement} */ (target).value.trim());
