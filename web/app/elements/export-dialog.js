/** @import { AudioFormat, ExportFormat, ExportOptions } from '../../generated/messages' */
/** @import { Option } from '../export-choices.js' */
import { html, nothing } from 'lit';
import { EXPORT_LIMITS, EXTENSIONS, FORMAT_OPTIONS } from '../../generated/constants.js';
import { isAudioFormat, saveAudio, writableAudio } from '../audio-export.js';
import {
  isOn,
  isPreviewed,
  lastAudioFormat,
  lastChoices,
  lastFormat,
  previewOf,
  rememberAudioFormat,
  rememberChoices,
  saveExport,
} from '../export-choices.js';
import { clock } from '../format.js';
import { viewOf } from '../request-error.js';
import { signal, store, summaryOf, update } from '../store.js';
import * as t from '../strings/export.js';
import { formats } from '../strings/head.js';
import { tellError } from '../toasts.js';
import { Dialog, dialogFrame } from './dialog.js';
import { line, select, toggle } from './fields.js';

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
  highlights: t.highlights,
  highlights_only: t.highlightsOnly,
});
/** The preview follows when nothing has changed for so long. */
const SETTLED_MS = 250;

/** Format and options of an export, with the beginning of the file that they make; or its sound. */
class ExportDialog extends Dialog {
  #format = signal(/** @type {ExportFormat | AudioFormat} */ ('docx'));
  #chosen = signal(/** @type {Partial<ExportOptions>} */ ({}));
  #preview = signal('');
  #audioFormats = signal(/** @type {readonly AudioFormat[]} */ ([]));
  /** How far the sound is written; null while none is. */
  #progress = signal(/** @type {{ number: number, at_s: number } | null} */ (null));
  /** Of the sound, only what is highlighted. */
  #highlights = signal(false);
  #shown = /** @type {typeof store.exporting} */ (null);
  #timer = 0;
  #running = new AbortController();

  render() {
    const { exporting } = store;
    if (!exporting) return nothing;
    const { ids, part } = exporting;
    const format = this.#format.value;
    const heard = this.#heard(ids);
    const texts = part ? [] : Object.entries(formats);
    const sounds = heard.length ? this.#audioFormats.value : [];
    return dialogFrame(
      part ? t.titleOfPart : t.title(ids.length),
      html`
        <form id="export" class="export" @submit=${this.#save}>
          ${select(
            t.format,
            [
              ...texts.map(([id, label]) =>
                named(id, label, EXTENSIONS[/** @type {ExportFormat} */ (id)]),
              ),
              ...sounds.map((id) => named(id, t.audioFormats[id], id)),
            ],
            format,
            { change: (id) => this.#choose(/** @type {ExportFormat | AudioFormat} */ (id)) },
          )}
          ${isAudioFormat(format) ? this.#sound(format, heard) : this.#text(format)}
        </form>
      `,
      html`
        <form method="dialog" class="row-buttons">
          <button class="secondary">${t.cancel}</button>
          <button form="export" ?disabled=${this.#progress.value !== null}>
            ${(isAudioFormat(format) ? heard : ids).length === 1 ? t.save : t.saveZip}
          </button>
        </form>
      `,
    );
  }

  updated() {
    super.updated();
    if (store.exporting && store.exporting !== this.#shown) {
      this.#shown = store.exporting;
      void this.#open(store.exporting);
    }
  }

  closed() {
    clearTimeout(this.#timer);
    this.#running.abort();
    this.#shown = null;
    this.#preview.value = '';
    this.#progress.value = null;
    update({ exporting: null });
  }

  /** @param {NonNullable<typeof store.exporting>} shown */
  async #open({ ids, part, sound }) {
    const last = sound ?? lastFormat();
    this.#highlights.value = false;
    // A part has sound only, and its formats are known in a moment.
    if (part) this.#format.value = 'wav';
    else this.#choose(isAudioFormat(last) ? 'docx' : last);
    this.#audioFormats.value = await writableAudio();
    const heard = this.#heard(ids).length > 0;
    const audio = sound ?? lastAudioFormat();
    const wanted = this.#audioFormats.value.find((each) => each === audio);
    if (wanted && heard && (part || last === wanted)) this.#choose(wanted);
  }

  /** @param {readonly string[]} ids @returns {readonly string[]} those with a recording */
  #heard(ids) {
    return ids.filter((id) => summaryOf(id)?.audio_kept);
  }

  /** @param {ExportFormat} format */
  #text(format) {
    const offered = FORMAT_OPTIONS[format];
    const switches = offered.filter((option) => option in TOGGLES);
    const fields = offered.filter((option) => !(option in TOGGLES));
    return html`
      <div class="export-switches">${switches.map((option) => this.#switch(format, option))}</div>
      <div class="export-fields">${fields.map((option) => this.#field(option))}</div>
      <h3>${isPreviewed(format) ? t.preview : t.previewAsText}</h3>
      <pre class="export-preview" tabindex="0" aria-label=${t.preview}>${this.#preview.value}</pre>
    `;
  }

  /** @param {AudioFormat} format @param {readonly string[]} heard ids */
  #sound(format, heard) {
    const { ids = [], part = null } = store.exporting ?? {};
    const missing = heard.length < ids.length;
    return html`
      ${part ? html`<p>${t.part(clock(part.start_s), clock(part.end_s))}</p>` : nothing}
      <p>${t.audioAbout[format]}</p>
      ${
        part
          ? nothing
          : toggle(t.highlightsOnly, this.#highlights.value, {
              change: (chosen) => {
                this.#highlights.value = chosen;
              },
            })
      }
      ${missing ? html`<p>${t.onThisDevice(heard.length, ids.length)}</p>` : nothing}
      <p role="status">${this.#progressText(heard)}</p>
    `;
  }

  /** @param {readonly string[]} heard */
  #progressText(heard) {
    const progress = this.#progress.value;
    if (!progress) return nothing;
    const { at_s, number } = progress;
    const end_s = store.exporting?.part?.end_s ?? summaryOf(heard[number])?.duration_s ?? at_s;
    const [at, end] = [clock(at_s), clock(Math.max(at_s, end_s))];
    return heard.length === 1
      ? t.writing(at, end)
      : t.writingSeveral(at, end, number + 1, heard.length);
  }

  /** @param {ExportFormat | AudioFormat} format */
  #choose(format) {
    this.#format.value = format;
    if (isAudioFormat(format)) return;
    this.#chosen.value = lastChoices(format);
    this.#look(0);
  }

  /** @param {Option} option @param {string | number | boolean | undefined} value */
  #set(option, value) {
    this.#chosen.value = { ...this.#chosen.value, [option]: value };
    this.#look();
  }

  /** @param {ExportFormat} format @param {Option} option */
  #switch(format, option) {
    const label = TOGGLES[/** @type {keyof typeof TOGGLES} */ (option)];
    const on = isOn(format, option, this.#chosen.value);
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
        max=${EXPORT_LIMITS[name]?.[1] ?? nothing}
        step="any"
        .value=${String(chosen[name] ?? '')}
        placeholder=${t.usual}
        @change=${(/** @type {Event} */ { target }) => this.#number(name, target)}
      />`,
    );
  }

  /**
   * A number that makes no sense changes nothing; the browser says at the field what would.
   * @param {keyof typeof NUMBERS} option
   * @param {EventTarget | null} target
   */
  #number(option, target) {
    const field = /** @type {HTMLInputElement} */ (target);
    if (!field.reportValidity()) return;
    this.#set(option, field.value === '' ? undefined : field.valueAsNumber);
  }

  #look(after_ms = SETTLED_MS) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      const [id] = this.#shown?.ids ?? [];
      const [format, chosen] = [this.#format.value, this.#chosen.value];
      if (!id || isAudioFormat(format)) return;
      try {
        const text = await previewOf(id, format, chosen);
        if (format === this.#format.value && chosen === this.#chosen.value) {
          this.#preview.value = text;
        }
      } catch (thrown) {
        const { message, hint } = viewOf(thrown);
        this.#preview.value = `${message} ${hint}`;
      }
    }, after_ms);
  }

  /** @param {SubmitEvent} event */
  async #save(event) {
    event.preventDefault();
    if (!this.#shown) return;
    const { ids } = this.#shown;
    const format = this.#format.value;
    try {
      if (isAudioFormat(format)) await this.#saveSound(format);
      else {
        rememberChoices(format, this.#chosen.value);
        await saveExport(ids, format, this.#chosen.value);
      }
      this.querySelector('dialog')?.close();
    } catch (thrown) {
      if (!this.#running.signal.aborted) tellError(thrown);
    }
  }

  /** @param {AudioFormat} format */
  async #saveSound(format) {
    const { ids, part } = /** @type {NonNullable<typeof store.exporting>} */ (this.#shown);
    this.#running = new AbortController();
    const { signal } = this.#running;
    this.#progress.value = { number: 0, at_s: part?.start_s ?? 0 };
    rememberAudioFormat(format);
    try {
      const all = this.#highlights.value ? 'highlights' : [];
      await saveAudio(this.#heard(ids), format, part ? [[part.start_s, part.end_s]] : all, {
        signal,
        onprogress: (at_s, number) => {
          if (!signal.aborted) this.#progress.value = { number, at_s };
        },
      });
    } finally {
      if (!signal.aborted) this.#progress.value = null;
    }
  }
}

/** @param {string} id @param {string} label @param {string} extension @returns {[string, string]} */
const named = (id, label, extension) => [id, `${label} (.${extension})`];
customElements.define('ew-export-dialog', ExportDialog);
