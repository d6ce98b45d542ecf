/** @import { ExportFormat, Transcript, TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { EXTENSIONS, UNFINISHED } from '../../generated/constants.js';
import { copy, download, openRerun } from '../actions.js';
import { remove } from '../bin-and-backup.js';
import { trackName } from '../job-text.js';
import { LANGUAGE_CHOICES, languageName } from '../languages.js';
import { goBack, runAgain } from '../reruns.js';
import { openShortcuts } from '../shortcuts.js';
import { track } from '../strings/jobs.js';
import * as t from '../strings/transcript.js';
import { selectedPart } from '../text-selection.js';
import { button } from './buttons.js';
import { menu } from './menu.js';

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
    <section class="tools" aria-label=${t.tools}>
      ${button(t.copy, text, { disabled: empty })}
      ${menu(
        'download-menu',
        t.download,
        Object.entries(t.formats).map(([format, label]) => ({
          label: html`${label} <small>.${EXTENSIONS[/** @type {ExportFormat} */ (format)]}</small>`,
          run: () => download(summary.id, /** @type {ExportFormat} */ (format)),
        })),
      )}
      ${menu(
        'language-menu',
        summary.language ? languageName(summary.language) : t.language,
        LANGUAGE_CHOICES.map(([code, label]) => ({
          label,
          current: code === summary.language,
          run: () => runAgain(summary, { language: code }),
        })),
        t.inAnotherLanguage,
      )}
      ${summary.tracks.length > 1 ? trackMenu(summary) : nothing}
      ${button(t.runAgain, () => openRerun(summary, selectedPart()))}
      ${
        summary.earlier && !UNFINISHED.has(summary.job.state)
          ? button(t.earlierText, () => goBack(summary), { title: t.earlierTextHelp })
          : nothing
      }
      ${button(t.shortcuts, openShortcuts, { title: t.withKey(t.shortcuts, '?') })}
      ${button(t.remove, () => remove(summary))}
    </section>
  `;
}

/** @param {TranscriptSummary} summary of a file with several audio tracks */
function trackMenu(summary) {
  const { tracks, job } = summary;
  return menu(
    'track-menu',
    track(job.options.audio_track + 1),
    tracks.map((_, index) => ({
      label: trackName(tracks, index),
      current: index === job.options.audio_track,
      run: () => runAgain(summary, { audio_track: index, language: 'auto' }),
    })),
    t.withAnotherTrack,
  );
}
