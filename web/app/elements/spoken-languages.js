/** The languages of a recording in which more than one is spoken. */
/** @import { Transcript, TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { UNFINISHED } from '../../generated/constants.js';
import { languageName } from '../languages.js';
import { runAgain } from '../reruns.js';
import * as t from '../strings/transcript.js';

/**
 * The languages, and a button that keeps the recording to the main one; nothing for one language.
 * @param {TranscriptSummary} summary
 * @param {Transcript | null | undefined} transcript
 */
export function spokenLanguages(summary, transcript) {
  const main = summary.language;
  if (!main || !transcript || UNFINISHED.has(summary.job.state)) return nothing;
  const codes = new Set([main, ...transcript.segments.map(({ language }) => language ?? main)]);
  if (codes.size < 2) return nothing;
  return html`
    <p class="notice">
      ${t.spokenLanguages([...codes].map(languageName))}
      <button type="button" class="small" @click=${() => runAgain(summary, { language: main })}>
        ${t.keepToLanguage(languageName(main))}
      </button>
    </p>
  `;
}
