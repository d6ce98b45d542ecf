/** @import { TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { RUNNING } from '../../generated/constants.js';
import { span } from '../format.js';
import { runAgain } from '../reruns.js';
import { store } from '../store.js';
import * as t from '../strings/transcript.js';
import { button } from './buttons.js';

/** A wait worth a word, in seconds. */
const LONG_WAIT_S = 240;

/**
 * For a recording that will take long here: how long, and which model would be quicker.
 * @param {TranscriptSummary} summary
 */
export function longFile(summary) {
  const seconds = store.estimates.get(summary.id) ?? {};
  // The text on show may still be another model's.
  const { model: used, language, task } = summary.job.options;
  const english = ['auto', 'en'].includes(language) && task === 'transcribe';
  const expected = seconds[used];
  if (!expected || expected < LONG_WAIT_S) return nothing;
  if (summary.job.server) return nothing;
  if (!(RUNNING.has(summary.job.state) || summary.job.state === 'queued')) return nothing;
  const quicker = (store.status?.models ?? [])
    .filter(({ multilingual }) => multilingual || english)
    .filter(({ id }) => (seconds[id] ?? Infinity) < expected * 0.7)
    .sort((a, b) => b.bytes - a.bytes)[0];
  const model = store.status?.models.find(({ id }) => id === used);
  return html`
    <p class="notice">
      ${t.takesLong(span(expected), model?.title ?? used)}
      ${
        quicker
          ? button(t.useQuicker(quicker.title, span(seconds[quicker.id] ?? 0)), () =>
              runAgain(summary, { model: quicker.id }),
            )
          : nothing
      }
    </p>
  `;
}
