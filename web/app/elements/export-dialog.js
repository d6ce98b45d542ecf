/** @import { ExportFormat, ExportOptions } from '../../generated/messages' */
/** @import { Option } from '../export-choices.js' */
import { html, nothing } from 'lit';
import { EXTENSIONS } from '../../generated/constants.js';
import {
  isOn,
  isPreviewed,
  lastChoices,
  lastFormat,
  optionsOf,
  previewOf,
  saveExport,
} from '../export-choices.js';
import { signal, store, update } from '../store.js';
import * as t from '../strings/export.js';
import { formats } from '../strings/head.js';
import { tellError } from '../toasts.js';
import { Dialog, dialogFrame } from './dialog.js';
import { given, line, select, toggle } from './fields.js';

/** Options that are numbers, with their labels and the least that makes sense. */
const NUMBERS = /** @type {const} */ ({
  times_every_s: [t.timesEvery, 0],
  columns: [t.columns, 10],
  lines: [t.lines, 1],
  frames_per_s: [t.frames, 1],
});
const TOGGLES = /** @type {const} */ ({
  speakers: t.speakers,
  times: t.times,
  paragraphs: t.paragraphs,
  words: t.words,
  table: t.table,
  children: t.children,
  byte_order_mark: t.mark,
});
/** The preview follows when nothing has changed for so long. */
const SETTLED_MS = 250;

/** Format and options of an export, with the beginning of the file that they make. */
class ExportDialog extends Dialog {
  #format = signal(/** @type {ExportFormat} */ ('docx'));
  #chosen = signal(/** @type {Partial<ExportOptions>} */ ({}));
  #preview = signal('');
  #shown = /** @type {readonly string[] | null} */ (null);
  #timer = 0;

  render() {
    const { exporting } = store;
    if (!exporting) return nothing;
    const format = this.#format.value;
    const offered = optionsOf(format);
    const switches = offered.filter((option) => option in TOGGLES);
    const fields = offered.filter((option) => !(option in TOGGLES));
    return dialogFrame(
      t.title(exporting.length),
      html`
        <form id="export" class="export" @submit=${this.#save}>
          ${select(
            t.format,
            Object.entries(formats).map(([id, label]) => [
              id,
              `${label} (.${EXTENSIONS[/** @type {ExportFormat} */ (id)]})`,
            ]),
            format,
            { change: (id) => this.#choose(/** @type {ExportFormat} */ (id)) },
          )}
          <div class="export-switches">${switches.map((option) => this.#switch(option))}</div>
          <div class="export-fields">${fields.map((option) => this.#field(option))}</div>
          <h3>${isPreviewed(format) ? t.preview : t.previewAsText}</h3>
          <pre class="export-preview" tabindex="0" aria-label=${t.preview}>${this.#preview.value}</pre>
        </form>
      `,
      html`
        <form method="dialog" class="row-buttons">
          <button class="secondary">${t.cancel}</button>
          <button form="export">${exporting.length === 1 ? t.save : t.saveZip}</button>
        </form>
      `,
    );
  }

  updated() {
    super.updated();
    if (store.exporting && store.exporting !== this.#shown) {
      this.#shown = store.exporting;
      this.#choose(lastFormat());
    }
  }

  closed() {
    clearTimeout(this.#timer);
    this.#shown = null;
    this.#preview.value = '';
    update({ exporting: null });
  }

  /** @param {ExportFormat} format */
  #choose(format) {
    this.#format.value = format;
    this.#chosen.value = lastChoices(format);
    this.#look(0);
  }

  /** @param {Option} option @param {string | number | boolean | undefined} value */
  #set(option, value) {
    this.#chosen.value = { ...this.#chosen.value, [option]: value };
    this.#look();
  }

  /** @param {Option} option */
  #switch(option) {
    const label = TOGGLES[/** @type {keyof typeof TOGGLES} */ (option)];
    const on = isOn(this.#format.value, option, this.#chosen.value);
    return toggle(label, on, { change: (chosen) => this.#set(option, chosen) });
  }

  /** @param {Option} option */
  #field(option) {
    const chosen = this.#chosen.value;
    if (option === 'rules') {
      const change = (/** @type {string} */ guide) => this.#set(option, guide);
      return select(t.rules, t.guides, chosen.rules ?? 'earwitness', { change });
    }
    const name = /** @type {keyof typeof NUMBERS} */ (option);
    const [label, least] = NUMBERS[name];
    return line(
      label,
      html`<input
        type="number"
        min=${least}
        step="any"
        .value=${String(chosen[name] ?? '')}
        placeholder=${t.usual}
        @change=${given((text) => this.#set(option, text === '' ? undefined : Number(text)))}
      />`,
    );
  }

  #look(after_ms = SETTLED_MS) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      const [id] = this.#shown ?? [];
      const [format, chosen] = [this.#format.value, this.#chosen.value];
      if (!id) return;
      try {
        const text = await previewOf(id, format, chosen);
        if (format === this.#format.value && chosen === this.#chosen.value) {
          this.#preview.value = text;
        }
      } catch (thrown) {
        tellError(thrown);
      }
    }, after_ms);
  }

  /** @param {SubmitEvent} event */
  async #save(event) {
    event.preventDefault();
    const ids = this.#shown;
    if (!ids) return;
    try {
      await saveExport(ids, this.#format.value, this.#chosen.value);
      this.querySelector('dialog')?.close();
    } catch (thrown) {
      tellError(thrown);
    }
  }
}
customElements.define('ew-export-dialog', ExportDialog);
