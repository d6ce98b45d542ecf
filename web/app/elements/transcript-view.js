/** @import { TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { RUNNING, UNFINISHED } from '../../generated/constants.js';
import { length, when } from '../format.js';
import { jobFraction } from '../job-text.js';
import { languageName } from '../languages.js';
import { playback } from '../playback.js';
import { state } from '../state.js';
import { View } from '../view.js';
import './audio-player.js';
import { endsEarly, sameRecording } from './file-notes.js';
import { jobButtons } from './job-buttons.js';
import { jobLine } from './job-line.js';
import { longFile } from './long-file.js';
import './segment-list.js';
import './tag-list.js';
import { transcriptTools } from './transcript-tools.js';
import './transcript-title.js';
import { welcome } from './welcome.js';

/** The transcript on show, or what to do first. */
class TranscriptView extends View {
  static topics = /** @type {const} */ (['transcript', 'library', 'boot', 'status']);

  render() {
    const { opened } = state;
    document.body.toggleAttribute('data-open', Boolean(opened));
    if (!opened) return welcome();
    const summary = state.summary(opened.id);
    if (opened.error && !state.pending.has(opened.id)) return missing(opened.error);
    if (!summary) return html`${back}<p class="quiet">Opening…</p>`;
    return html`
      ${back}
      <article class="sheet" aria-labelledby="sheet-title">
        <ew-transcript-title .summary=${summary}></ew-transcript-title>
        ${facts(summary)}
        <ew-tag-list .summary=${summary}></ew-tag-list>
        ${transcriptTools(summary, opened.transcript)} ${job(summary)}
        ${this.#text(summary)}
      </article>
      ${
        summary.audio_kept
          ? html`<ew-audio-player .transcript=${summary.id}></ew-audio-player>`
          : nothing
      }
    `;
  }

  /** @param {TranscriptSummary} summary */
  #text({ job: { state: stage }, audio_kept }) {
    const { transcript, at_s } = state.opened ?? {};
    if (!transcript) return UNFINISHED.has(stage) ? nothing : html`<p class="quiet">Opening…</p>`;
    if (!transcript.segments.length && stage === 'done') {
      return html`<p class="quiet">No speech was found in this recording.</p>`;
    }
    return html`
      <ew-segment-list
        .segments=${transcript.segments}
        .transcript=${transcript.id}
        .language=${transcript.language}
        .at_s=${at_s ?? null}
        ?playable=${audio_kept}
        ?growing=${RUNNING.has(stage)}
      ></ew-segment-list>
    `;
  }

  updated() {
    const id = state.opened?.id;
    if (state.opened?.transcript) state.opened.at_s = null;
    if (id && state.summary(id)?.audio_kept) void playback.load(id);
    else playback.unload();
  }
}

const back = html`<a class="back" href="#/">All transcripts</a>`;

/** @param {import('../../generated/messages').ErrorView} error */
const missing = (error) => html`
  ${back}
  <article class="panel" data-tone="bad" role="alert">
    <p><strong>${error.message}</strong> ${error.hint}</p>
  </article>
`;

/** @param {TranscriptSummary} summary */
function facts({ created_at, duration_s, language, language_probability, model, task }) {
  const sure = language_probability;
  const parts = [
    when(created_at),
    duration_s ? length(duration_s) : '',
    language &&
      languageName(language) +
        (sure !== null && sure < 0.995 ? ` (${Math.round(sure * 100)} %)` : ''),
    task === 'translate' ? 'translated to English' : '',
    model,
  ];
  return html`<p class="facts">${parts.filter(Boolean).join(' · ')}</p>`;
}

/** @param {TranscriptSummary} summary */
function job(summary) {
  const { job: view } = summary;
  if (view.state === 'done') return endsEarly(summary);
  const fraction = RUNNING.has(view.state) ? jobFraction(view) : null;
  const bad = view.state === 'failed' || view.state === 'needs-file';
  return html`
    <div class="panel" data-tone=${bad ? 'bad' : 'busy'}>
      <p>
        <strong>${jobLine(summary)}</strong>
        ${view.error?.hint}
      </p>
      ${fraction === null ? nothing : html`<progress max="1" .value=${fraction}></progress>`}
      ${sameRecording(summary)} ${longFile(summary, state.estimates.get(summary.id))}
      <div class="row-buttons">${jobButtons(summary, 'sheet-title')}</div>
    </div>
  `;
}
customElements.define('ew-transcript-view', TranscriptView);
