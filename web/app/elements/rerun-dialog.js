/** @import { ErrorView, Task } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { UNFINISHED } from '../../generated/constants.js';
import { clock, exactClock, readClock } from '../format.js';
import { trackName } from '../job-text.js';
import { LANGUAGE_OPTIONS } from '../languages.js';
import { viewOf } from '../request-error.js';
import { runAgain } from '../reruns.js';
import { signal, store, update } from '../store.js';
import * as t from '../strings/dialogs.js';
import { tasks } from '../strings/settings.js';
import { Dialog, dialogFrame } from './dialog.js';
import { line, select, toggle } from './fields.js';
import { ownTerms, read } from './term-lists.js';

/** Another run over a recording, or over a part of it, with other choices. */
class RerunDialog extends Dialog {
  /** Why it does not run as asked. */
  #problem = signal(/** @type {ErrorView | null} */ (null));

  render() {
    if (!store.rerun) return nothing;
    const { summary, part } = store.rerun;
    const { model, language, task, duration_s, tracks, job } = summary;
    // A first run that has no words yet is only described anew.
    const first = UNFINISHED.has(job.state);
    const [title, yes] = first ? [t.options, t.saveOptions] : [t.runAgain, t.runAgain];
    return dialogFrame(
      title,
      html`
        <form id="rerun" @submit=${this.#run}>
          ${select(
            t.model,
            (store.status?.models ?? []).map(({ id, title }) => [id, title]),
            first ? job.options.model : model,
            { name: 'model' },
          )}
          ${select(t.language, LANGUAGE_OPTIONS, first ? job.options.language : language, { name: 'language' })}
          ${select(t.text, tasks, first ? job.options.task : task, { name: 'task' })}
          ${line(
            t.namesInIt,
            html`<input name="prompt" .value=${job.options.prompt} placeholder=${t.namesExample} maxlength="600" autocomplete="off" />`,
          )}
          ${ownTerms(job.options.terms)}
          ${
            tracks.length > 1
              ? select(
                  t.audioTrack,
                  tracks.map((_, track) => [String(track), trackName(tracks, track)]),
                  String(job.options.audio_track),
                  { name: 'track' },
                )
              : nothing
          }
          ${toggle(t.skipSilence, job.options.voice_activity, { name: 'voice' })}
          ${first ? nothing : span(duration_s, part)}
          ${this.#problem.value ? refusal(this.#problem.value) : nothing}
        </form>
      `,
      html`
        <form method="dialog" class="row-buttons">
          <button class="secondary">${t.cancel}</button>
          <button form="rerun">${yes}</button>
        </form>
      `,
    );
  }

  closed() {
    this.#problem.value = null;
    update({ rerun: null });
  }

  /** @param {SubmitEvent} event */
  async #run(event) {
    event.preventDefault();
    this.#problem.value = null;
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const field = (/** @type {string} */ name) => String(form.get(name) ?? '');
    const [start_s, end_s] = [readClock(field('from')) ?? 0, readClock(field('to'))];
    const task = /** @type {Task} */ (field('task'));
    const choices = {
      model: field('model'),
      language: field('language'),
      task,
      prompt: field('prompt').trim(),
      terms: read(field('terms')),
      voice_activity: form.has('voice'),
      ...(form.has('track') && { audio_track: Number(field('track')) }),
    };
    const tell = (/** @type {unknown} */ thrown) => {
      this.#problem.value = viewOf(thrown);
    };
    // What was chosen stays on show until it is accepted.
    const { summary } = store.rerun ?? {};
    if (!summary || (await runAgain(summary, choices, { start_s, end_s }, tell))) {
      this.querySelector('dialog')?.close();
    }
  }
}

/**
 * The part of the recording.
 * @param {number} duration_s
 * @param {{ start_s: number, end_s: number } | null} part
 */
const span = (duration_s, part) => html`
  ${time(t.from, 'from', clock(0), part?.start_s)} ${time(t.to, 'to', clock(duration_s), part?.end_s)}
  <p class="quiet">${t.wholeRecording} ${t.correctionsStay}</p>
`;

/** @param {ErrorView} problem */
const refusal = ({ message, hint }) => html`
  <p class="notice" role="alert"><strong>${message}</strong> ${hint}</p>
`;

/**
 * @param {string} label
 * @param {string} name
 * @param {string} placeholder
 * @param {number} [at_s]
 */
const time = (label, name, placeholder, at_s) =>
  line(
    label,
    html`<input
      name=${name}
      placeholder=${placeholder}
      .value=${at_s === undefined ? '' : exactClock(at_s)}
      autocomplete="off"
      @input=${check}
    />`,
  );

/** A field for a time says so when it holds none. @param {Event} event */
function check(event) {
  const field = /** @type {HTMLInputElement} */ (event.target);
  const wrong = field.value && readClock(field.value) === null;
  field.setCustomValidity(wrong ? t.notATime : '');
}
customElements.define('ew-rerun-dialog', RerunDialog);
