/** Lists of names and terms: for every recording, for those with a tag, for one. */
/** @import { Settings } from '../../generated/messages' */
import { html } from 'lit';
import { changeSettings } from '../actions.js';
import { store } from '../store.js';
import * as t from '../strings/terms.js';
import { given, line } from './fields.js';

/** @param {readonly string[]} terms */
export const written = (terms) => terms.join(', ');

/** @param {string} text names between commas, semicolons or on lines of their own */
export const read = (text) =>
  text
    .split(/[,;\n]+/)
    .map((term) => term.trim())
    .filter(Boolean);

/** The lists in the settings. @param {Settings} settings */
export function termLists({ terms, tag_terms }) {
  const tags = [...new Set([...store.tags, ...Object.keys(tag_terms)])].sort();
  return html`
    <details>
      <summary>${t.lists}</summary>
      <p class="quiet">${t.help}</p>
      ${list(t.everything, terms, (own) => changeSettings({ terms: own }))}
      ${tags.map((tag) =>
        list(t.withTag(tag), tag_terms[tag] ?? [], (own) =>
          changeSettings({ tag_terms: { ...tag_terms, [tag]: own } }),
        ),
      )}
    </details>
  `;
}

/** One recording's list, a field of a form. @param {readonly string[]} terms */
export const ownTerms = (terms) =>
  line(t.own, html`<input name="terms" .value=${written(terms)} autocomplete="off" />`);

/**
 * @param {string} label
 * @param {readonly string[]} terms
 * @param {(terms: string[]) => unknown} save
 */
const list = (label, terms, save) =>
  line(
    label,
    html`<textarea
      rows="2"
      .value=${written(terms)}
      autocomplete="off"
      @change=${given((text) => save(read(text)))}
    ></textarea>`,
  );
