/** @import { ExportFormat, Transcript, TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { UNFINISHED } from '../../generated/constants.js';
import { copy, download } from '../actions.js';
import { remove } from '../bin-and-backup.js';
import { trackName } from '../job-text.js';
import { languageChoices, languageName } from '../languages.js';
import { goBack, runAgain } from '../reruns.js';
import { openRerun } from './rerun-dialog.js';
import { selected } from './segment-list.js';

/** In the order of the menu. @type {Record<ExportFormat, string>} */
const FORMATS = {
  txt: 'Text',
  srt: 'Subtitles, SubRip',
  vtt: 'Subtitles, WebVTT',
  json: 'Everything, JSON',
  md: 'Markdown',
  csv: 'Table, CSV',
  tsv: 'Table, TSV',
  lrc: 'Lyrics, LRC',
  ass: 'Subtitles, ASS',
};
const { mine, others } = languageChoices();

/**
 * The row of buttons above a text.
 * @param {TranscriptSummary} summary
 * @param {Transcript | null} transcript
 */
export function transcriptTools(summary, transcript) {
  const empty = !transcript?.segments.length;
  const text = () =>
    copy((transcript?.segments ?? []).map((segment) => segment.text.trim()).join('\n'));
  return html`
    <div class="tools" role="toolbar" aria-label="Transcript">
      <button type="button" class="small" ?disabled=${empty} @click=${text}>Copy</button>
      ${menu(
        'Download',
        Object.entries(FORMATS).map(([format, label]) => ({
          label: html`${label} <small>.${format}</small>`,
          run: () => download(summary.id, /** @type {ExportFormat} */ (format)),
        })),
      )}
      ${menu(
        summary.language ? languageName(summary.language) : 'Language',
        [...mine, ...others].map((code) => ({
          label: languageName(code),
          current: code === summary.language,
          run: () => runAgain(summary, { language: code }),
        })),
        'Run again in another language',
      )}
      ${summary.tracks.length > 1 ? trackMenu(summary) : nothing}
      <button type="button" class="small" @click=${() => openRerun(summary, selected())}>Run again…</button>
      ${summary.earlier && !UNFINISHED.has(summary.job.state) ? earlierText(summary) : nothing}
      <button type="button" class="small" @click=${() => remove(summary)}>Delete</button>
    </div>
  `;
}

/** @param {TranscriptSummary} summary */
const earlierText = (summary) => html`
  <button
    type="button"
    class="small"
    title="Go back to the text from before the latest run"
    @click=${() => goBack(summary)}
  >
    Earlier text
  </button>
`;

/** @param {TranscriptSummary} summary of a file with several audio tracks */
function trackMenu(summary) {
  const { tracks, job } = summary;
  return menu(
    `Track ${job.options.audio_track + 1}`,
    tracks.map((_, track) => ({
      label: trackName(tracks, track),
      current: track === job.options.audio_track,
      run: () => runAgain(summary, { audio_track: track, language: 'auto' }),
    })),
    'Run again with another audio track',
  );
}

/**
 * A button that opens a list of buttons; `menus.js` closes it. What is current already stays.
 * @param {unknown} label
 * @param {{ label: unknown, run: () => unknown, current?: boolean }[]} items
 * @param {string} [title]
 */
function menu(label, items, title = '') {
  return html`
    <details class="menu">
      <summary role="button" class="small" aria-haspopup="true" title=${title}>${label}</summary>
      <div class="menu-list">
        ${title ? html`<p class="quiet">${title}</p>` : ''}
        ${items.map(
          (item) => html`
            <button type="button" ?data-current=${item.current} @click=${item.current ? null : item.run}>
              ${item.label}
            </button>
          `,
        )}
      </div>
    </details>
  `;
}
