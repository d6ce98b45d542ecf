/** @import { TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { clock, count, size } from '../format.js';
import { trackName } from '../job-text.js';
import { languageName } from '../languages.js';
import { serverName } from '../server-name.js';
import { store, summaryOf, update } from '../store.js';
import * as t from '../strings/dialogs.js';
import { Dialog, dialogFrame } from './dialog.js';
import './tag-list.js';

/** What is known about a recording, and its tags. */
class DetailsDialog extends Dialog {
  render() {
    const summary = summaryOf(store.details ?? '');
    if (!summary) return nothing;
    return dialogFrame(
      t.details,
      html`
        <ew-tag-list .summary=${summary}></ew-tag-list>
        <table class="facts-table">
          <tbody>
            ${facts(summary).map(
              ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
            )}
          </tbody>
        </table>
      `,
    );
  }

  closed() {
    update({ details: null });
  }
}

/** @param {TranscriptSummary} summary @returns {[string, string][]} */
function facts(summary) {
  const { name, created_at, duration_s, language, language_probability, task, tracks } = summary;
  const unsure = language_probability !== null && language_probability < 0.995;
  const spoken = languageName(language);
  const model = store.status?.models.find(({ id }) => id === summary.model);
  const at = new Date(created_at);
  /** @type {[string, string | null][]} */
  const all = [
    [t.file, name],
    [t.added, at.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })],
    [t.length, duration_s ? clock(duration_s) : null],
    [
      t.language,
      language && (unsure ? t.detected(spoken, Math.round(language_probability * 100)) : spoken),
    ],
    [t.text, task === 'translate' ? t.translated : null],
    [t.wordCount, count(summary.word_count)],
    [t.tracks, tracks.length > 1 ? tracks.map((_, i) => trackName(tracks, i)).join('; ') : null],
    [t.transcribedWith, model ? `${model.title} (${size(model.bytes)})` : summary.model],
    [
      summary.job.copied ? t.copyFrom : t.transcribedOn,
      summary.job.server ? serverName(summary.job.server) : t.thisDevice,
    ],
  ];
  return all.flatMap(([label, value]) =>
    value ? [/** @type {[string, string]} */ ([label, value])] : [],
  );
}
customElements.define('ew-details-dialog', DetailsDialog);
