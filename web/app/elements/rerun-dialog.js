/** @import { ErrorView, Task, TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { clock, exactClock, readClock } from '../format.js';
import { trackName } from '../job-text.js';
import { languageChoices, languageName } from '../languages.js';
import { viewOf } from '../request-error.js';
import { runAgain } from '../reruns.js';
import { state } from '../state.js';
import { View } from '../view.js';
import { dialogFrame } from './dialog.js';

const { mine, others } = languageChoices();

/** @typedef {{ start_s: number, end_s: number }} Part seconds of the recording */

/** Another run over a recording, or over a part of it, with other choices. */
class RerunDialog extends View {
  static properties = {
    summary: { state: true },
    span: { state: true },
    problem: { state: true },
  };

  constructor() {
    super();
    /** @type {TranscriptSummary | null} */
    this.summary = null;
    /** @type {Part | null} */
    this.span = null;
    /** Why it does not run as asked. */
    /** @type {ErrorView | null} */
    this.problem = null;
  }

  render() {
    if (!this.summary) return nothing;
    const { model, language, task, duration_s, tracks, job } = this.summary;
    const { span } = this;
    const length = clock(duration_s);
    return dialogFrame(
      'Run again',
      html`
        <form id="rerun" @submit=${this.#run}>
          <label class="line">
            <span>Model</span>
            <select name="model">
              ${state.status?.models.map(
                ({ id, title }) =>
                  html`<option value=${id} ?selected=${id === model}>${title}</option>`,
              )}
            </select>
          </label>
          <label class="line">
            <span>Language</span>
            <select name="language">
              ${['auto', ...mine, ...others].map(
                (code) => html`
                  <option value=${code} ?selected=${code === language}>${languageName(code)}</option>
                `,
              )}
            </select>
          </label>
          <label class="line">
            <span>Text</span>
            <select name="task">
              <option value="transcribe">In the language spoken</option>
              <option value="translate" ?selected=${task === 'translate'}>
                Translated to English
              </option>
            </select>
          </label>
          <label class="line">
            <span>Names and terms in it</span>
            <input name="prompt" .value=${job.options.prompt} maxlength="600" autocomplete="off" />
          </label>
          ${
            tracks.length > 1
              ? html`
                  <label class="line">
                    <span>Audio track</span>
                    <select name="track">
                      ${tracks.map(
                        (_, track) => html`
                          <option value=${track} ?selected=${track === job.options.audio_track}>
                            ${trackName(tracks, track)}
                          </option>
                        `,
                      )}
                    </select>
                  </label>
                `
              : nothing
          }
          <label>
            <input
              type="checkbox"
              role="switch"
              name="voice"
              .checked=${job.options.voice_activity}
            />
            Skip what is not speech
          </label>
          <label class="line">
            <span>From</span>
            <input
              name="from"
              placeholder="0:00"
              .value=${span ? exactClock(span.start_s) : ''}
              autocomplete="off"
              @input=${check}
            />
          </label>
          <label class="line">
            <span>To</span>
            <input
              name="to"
              placeholder=${length}
              .value=${span ? exactClock(span.end_s) : ''}
              autocomplete="off"
              @input=${check}
            />
          </label>
          <p class="quiet">Your corrections outside this part stay.</p>
          ${this.problem ? refusal(this.problem) : nothing}
        </form>
      `,
      html`<button form="rerun">Run again</button>`,
    );
  }

  /** @param {TranscriptSummary} summary @param {Part | null} span */
  async open(summary, span) {
    this.summary = summary;
    this.span = span;
    this.problem = null;
    await this.updateComplete;
    const dialog = this.querySelector('dialog');
    dialog?.addEventListener('close', () => {
      this.summary = null;
    });
    dialog?.showModal();
  }

  /** @param {SubmitEvent} event */
  async #run(event) {
    event.preventDefault();
    this.problem = null;
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const field = (/** @type {string} */ name) => String(form.get(name) ?? '');
    const [start_s, end_s] = [readClock(field('from')) ?? 0, readClock(field('to'))];
    const task = /** @type {Task} */ (field('task'));
    const choices = {
      model: field('model'),
      language: field('language'),
      task,
      prompt: field('prompt').trim(),
      voice_activity: form.has('voice'),
      ...(form.has('track') && { audio_track: Number(field('track')) }),
    };
    const tell = (/** @type {unknown} */ thrown) => {
      this.problem = viewOf(thrown);
    };
    // What was chosen stays on show until it is accepted.
    if (!this.summary || (await runAgain(this.summary, choices, { start_s, end_s }, tell))) {
      this.querySelector('dialog')?.close();
    }
  }
}

/** @param {ErrorView} problem */
const refusal = ({ message, hint }) => html`
  <p class="notice" role="alert"><strong>${message}</strong> ${hint}</p>
`;

/** A field for a time says so when it holds none. @param {Event} event */
function check(event) {
  const field = /** @type {HTMLInputElement} */ (event.target);
  const wrong = field.value && readClock(field.value) === null;
  field.setCustomValidity(wrong ? 'Write a time such as 1:05, 1:05.25 or 1:02:30.' : '');
}

/**
 * @param {TranscriptSummary} summary
 * @param {Part | null} [span] null: all of it
 */
export function openRerun(summary, span = null) {
  const dialog = document.querySelector('ew-rerun-dialog');
  void (/** @type {RerunDialog} */ (dialog).open(summary, span));
}
customElements.define('ew-rerun-dialog', RerunDialog);
