/** @import { ErrorView, Task } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { clock, exactClock, readClock } from '../format.js';
import { trackName } from '../job-text.js';
import { languageChoices, languageName } from '../languages.js';
import { viewOf } from '../request-error.js';
import { runAgain } from '../reruns.js';
import { store, update } from '../store.js';
import * as t from '../strings/dialogs.js';
import { Dialog, dialogFrame } from './dialog.js';

const { mine, others } = languageChoices();

/** Another run over a recording, or over a part of it, with other choices. */
class RerunDialog extends Dialog {
  static properties = { problem: { state: true } };

  constructor() {
    super();
    /** Why it does not run as asked. */
    /** @type {ErrorView | null} */
    this.problem = null;
  }

  render() {
    if (!store.rerun) return nothing;
    const { summary, part } = store.rerun;
    const { model, language, task, duration_s, tracks, job } = summary;
    const length = clock(duration_s);
    return dialogFrame(
      t.runAgain,
      html`
        <form id="rerun" @submit=${this.#run}>
          <label class="line">
            <span>${t.model}</span>
            <select name="model">
              ${store.status?.models.map(
                ({ id, title }) =>
                  html`<option value=${id} ?selected=${id === model}>${title}</option>`,
              )}
            </select>
          </label>
          <label class="line">
            <span>${t.language}</span>
            <select name="language">
              ${['auto', ...mine, ...others].map(
                (code) => html`
                  <option value=${code} ?selected=${code === language}>${languageName(code)}</option>
                `,
              )}
            </select>
          </label>
          <label class="line">
            <span>${t.text}</span>
            <select name="task">
              <option value="transcribe">${t.asSpoken}</option>
              <option value="translate" ?selected=${task === 'translate'}>
                ${t.translated}
              </option>
            </select>
          </label>
          <label class="line">
            <span>${t.namesInIt}</span>
            <input name="prompt" .value=${job.options.prompt} maxlength="600" autocomplete="off" />
          </label>
          ${
            tracks.length > 1
              ? html`
                  <label class="line">
                    <span>${t.audioTrack}</span>
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
            ${t.skipSilence}
          </label>
          <label class="line">
            <span>${t.from}</span>
            <input
              name="from"
              placeholder="0:00"
              .value=${part ? exactClock(part.start_s) : ''}
              autocomplete="off"
              @input=${check}
            />
          </label>
          <label class="line">
            <span>${t.to}</span>
            <input
              name="to"
              placeholder=${length}
              .value=${part ? exactClock(part.end_s) : ''}
              autocomplete="off"
              @input=${check}
            />
          </label>
          <p class="quiet">${t.correctionsStay}</p>
          ${this.problem ? refusal(this.problem) : nothing}
        </form>
      `,
      html`<button form="rerun">${t.runAgain}</button>`,
    );
  }

  closed() {
    this.problem = null;
    update({ rerun: null });
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
    const { summary } = store.rerun ?? {};
    if (!summary || (await runAgain(summary, choices, { start_s, end_s }, tell))) {
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
  field.setCustomValidity(wrong ? t.notATime : '');
}
customElements.define('ew-rerun-dialog', RerunDialog);
