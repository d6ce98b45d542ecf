/** @import { TranscriptTitle } from './transcript-title.js' */
/** @import { AudioFormat, ExportFormat, Transcript, TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { EXTENSIONS, UNFINISHED } from '../../generated/constants.js';
import { copy, download, downloadByExtension, openDetails, openRerun } from '../actions.js';
import { writableAudio } from '../audio-export.js';
import { remove } from '../bin-and-backup.js';
import { openEdges } from '../edges.js';
import { openExport } from '../export-choices.js';
import { openFind } from '../find.js';
import { clock } from '../format.js';
import { openHeard } from '../heard.js';
import { applyRule, redo, undo } from '../history.js';
import * as icons from '../icons.js';
import { languageName } from '../languages.js';
import { openLibrary } from '../library-sheet.js';
import { chooseText, goBack } from '../reruns.js';
import { serverName } from '../server-name.js';
import { openShortcuts } from '../shortcuts.js';
import { signal, store, summaryOf, update } from '../store.js';
import { open as moveInTime } from '../strings/edges.js';
import * as options from '../strings/export.js';
import * as t from '../strings/head.js';
import { open as heardHere } from '../strings/heard.js';
import { highlights } from '../strings/highlights.js';
import { copyFrom } from '../strings/library.js';
import { openLibrary as openLibraryLabel } from '../strings/page.js';
import { speakers } from '../strings/speakers.js';
import { shortcuts } from '../strings/transcript.js';
import { selectedPart } from '../text-selection.js';
import { View } from '../view.js';
import { iconButton } from './buttons.js';
import { menu } from './menu.js';
import './transcript-title.js';
import { openHighlights } from './highlights-dialog.js';
import { openRedactions } from './redactions-dialog.js';
import { openVersions } from './versions-dialog.js';

/** The line over the text: what is open, its export, and a menu with everything else. */
class TranscriptHead extends View {
  /** The formats that few need are in the menu too. */
  #rare = signal(false);
  /** Formats of sound, once the formats that few need are shown. */
  #sounds = signal(/** @type {readonly AudioFormat[]} */ ([]));

  render() {
    const { opened } = store;
    if (!opened) return nothing;
    const summary = summaryOf(opened.id);
    return html`
      <header class="head" aria-label=${t.header}>
        ${iconButton(icons.lines, openLibraryLabel, openLibrary, { kind: 'open-library' })}
        ${summary ? this.#about(summary, opened.transcript) : nothing}
      </header>
    `;
  }

  /** @param {TranscriptSummary} summary @param {Transcript | null} transcript */
  #about(summary, transcript) {
    const { duration_s, language, job } = summary;
    const facts = [
      duration_s ? clock(duration_s) : '',
      language ? languageName(language) : '',
      job.copied ? copyFrom(serverName(job.server)) : '',
    ].filter(Boolean);
    return html`
      <ew-transcript-title .summary=${summary}></ew-transcript-title>
      <p class="head-facts quiet">${facts.join(' · ')}</p>
      <div class="head-tools">
        ${transcript?.segments.length ? this.#exports(summary, transcript) : nothing}
        ${menu('more-menu', t.more, this.#more(summary, transcript), { icon: icons.dots })}
      </div>
    `;
  }

  /** @param {TranscriptSummary} summary @param {Transcript} transcript */
  #exports({ id, audio_kept }, { segments }) {
    const formats = /** @type {[ExportFormat, string][]} */ (Object.entries(t.formats));
    const shown = formats.filter(([format]) => this.#rare.value || !t.rareFormats.has(format));
    const more = { label: t.moreFormats, stays: true, run: () => this.#showRare() };
    return menu(
      'export-menu',
      t.exportAs,
      [
        {
          label: t.copyText,
          run: () => copy(segments.map((segment) => segment.text.trim()).join('\n')),
        },
        ...shown.map(([format, label]) => ({
          label: html`${label} <small>.${EXTENSIONS[format]}</small>`,
          run: () => download(id, format),
        })),
        ...store.writers.map(({ title, extension }) => ({
          label: html`${title} <small>.${extension}</small>`,
          run: () => downloadByExtension(id, extension),
        })),
        ...(audio_kept ? this.#sounds.value : []).map((format) => ({
          label: html`${options.audioFormats[format]} <small>.${format}</small>`,
          run: () => openExport([id], null, format),
        })),
        { label: options.withOptions, run: () => openExport([id]) },
        ...(this.#rare.value ? [] : [more]),
      ],
      { kind: 'primary' },
    );
  }

  /** The focus goes to the first of them. */
  async #showRare() {
    const before = this.querySelectorAll('#export-menu button').length;
    this.#sounds.value = await writableAudio();
    this.#rare.value = true;
    await this.updateComplete;
    const items = /** @type {NodeListOf<HTMLElement>} */ (
      this.querySelectorAll('#export-menu button')
    );
    items[before - 1]?.focus();
  }

  get #title() {
    return /** @type {TranscriptTitle | null} */ (this.querySelector('ew-transcript-title'));
  }

  /** @param {TranscriptSummary} summary @param {Transcript | null} transcript */
  #more(summary, transcript) {
    const { id, job, earlier } = summary;
    const known = !store.pending.has(id);
    const settled = known && !UNFINISHED.has(job.state);
    return [
      ...(known
        ? [
            { label: t.undo, run: () => undo() },
            { label: t.redo, run: redo },
            { label: t.findAndReplace, run: openFind },
            { label: t.versions, run: openVersions },
            { label: t.redactions, run: openRedactions },
            { label: t.rename, run: () => this.#title?.edit() },
            { label: speakers, run: () => update({ speakersOpen: true }) },
            { label: highlights, run: openHighlights },
            { label: moveInTime, run: openEdges },
            { label: heardHere, run: openHeard },
            { label: t.details, run: () => openDetails(id) },
            { label: t.transcribeAgain, run: () => openRerun(summary, selectedPart()) },
          ]
        : []),
      ...(transcript?.segments.length ? store.rules : []).map(({ name, title }) => ({
        label: title,
        run: () => applyRule(id, name, title),
      })),
      ...(known && settled && summary.audio_kept
        ? [{ label: t.textFromFile, run: () => chooseText(summary) }]
        : []),
      ...(earlier && settled ? [{ label: t.previousVersion, run: () => goBack(summary) }] : []),
      { label: shortcuts, run: openShortcuts },
      { label: t.remove, danger: true, run: () => remove(summary) },
    ];
  }
}
customElements.define('ew-transcript-head', TranscriptHead);
