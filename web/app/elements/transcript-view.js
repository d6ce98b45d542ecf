/** @import { PartialText, Transcript, TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { RUNNING, UNFINISHED } from '../../generated/constants.js';
import { jobFraction } from '../job-text.js';
import { store, summaryOf } from '../store.js';
import * as t from '../strings/transcript.js';
import { View } from '../view.js';
import './conflict-dialog.js';
import './copy-note.js';
import './edges-card.js';
import './heard-card.js';
import './follow-button.js';
import './highlight-card.js';
import { endsEarly, promptCut, sameRecording } from './file-notes.js';
import { jobButtons } from './job-buttons.js';
import { jobLine } from './job-line.js';
import { longFile } from './long-file.js';
import './partial-text.js';
import './selection-bar.js';
import { spokenLanguages } from './spoken-languages.js';
import './text-notes.js';
import './transcript-text.js';
import { welcome } from './welcome.js';

/** A window may begin a little before the last word that was heard ends. */
const OVERLAP_S = 1;

/** The transcript on show, or what to do first. */
class TranscriptView extends View {
  render() {
    const { opened } = store;
    if (!opened) return welcome();
    const summary = summaryOf(opened.id);
    if (opened.error && !store.pending.has(opened.id)) return missing(opened.error);
    if (!summary) return html`<p class="quiet">${t.opening}</p>`;
    return html`
      <article class="sheet" aria-labelledby="sheet-title">
        ${job(summary)}
        ${spokenLanguages(summary, opened.transcript)}
        <ew-copy-note></ew-copy-note>
        <ew-text-notes></ew-text-notes>
        ${this.#text(summary)}
      </article>
      <ew-follow-button></ew-follow-button>
      <ew-selection-bar></ew-selection-bar>
      <ew-highlight-card></ew-highlight-card>
      <ew-edges-card></ew-edges-card>
      <ew-heard-card></ew-heard-card>
    `;
  }

  /** @param {TranscriptSummary} summary */
  #text({ job: { state: stage, partial }, audio_kept }) {
    const { transcript, jump, early } = store.opened ?? {};
    if (!transcript)
      return UNFINISHED.has(stage) ? nothing : html`<p class="quiet">${t.opening}</p>`;
    if (!transcript.segments.length && stage === 'done') {
      return html`<p class="quiet">${t.noSpeech}</p>`;
    }
    return html`
      <ew-transcript-text
        .segments=${transcript.segments}
        .transcript=${transcript.id}
        .language=${transcript.language}
        .jump=${jump ?? null}
        ?playable=${audio_kept}
        ?growing=${RUNNING.has(stage)}
        ?early=${early}
      ></ew-transcript-text>
      ${partialText(transcript, partial ?? [])}
    `;
  }
}

/** @param {import('../../generated/messages').ErrorView} error */
const missing = (error) => html`
  <article class="panel" data-tone="bad" role="alert">
    <p><strong>${error.message}</strong> ${error.hint}</p>
  </article>
`;

/**
 * What is decoded anew within the text has its place there only when it is saved.
 * @param {Transcript} transcript
 * @param {readonly PartialText[]} partial from an older tab's library there is none
 */
function partialText({ segments, language }, partial) {
  const end_s = segments.at(-1)?.end_s ?? 0;
  const texts = partial.filter(({ start_s }) => start_s > end_s - OVERLAP_S);
  if (!texts.length) return nothing;
  return html`<ew-partial-text .texts=${texts} .language=${language}></ew-partial-text>`;
}

/** @param {TranscriptSummary} summary */
function job(summary) {
  const { job: view } = summary;
  if (view.state === 'done') return html`${promptCut(summary)}${endsEarly(summary)}`;
  const fraction = RUNNING.has(view.state) ? jobFraction(view) : null;
  const bad = view.state === 'failed' || view.state === 'needs-file';
  return html`
    <div class="panel" data-tone=${bad ? 'bad' : 'busy'}>
      <p>
        <strong>${jobLine(summary)}</strong>
        ${view.error?.hint}
      </p>
      ${fraction === null ? nothing : html`<progress max="1" .value=${fraction}></progress>`}
      ${sameRecording(summary)} ${longFile(summary)}
      <div class="row-buttons">${jobButtons(summary, 'sheet-title')}</div>
    </div>
  `;
}
customElements.define('ew-transcript-view', TranscriptView);
