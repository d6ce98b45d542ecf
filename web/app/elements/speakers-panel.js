/** @import { Speaker, Transcript, TranscriptSummary } from '../../generated/messages' */
import { html, nothing } from 'lit';
import { FINDING_SPEAKERS } from '../../generated/constants.js';
import { clock, percent, size } from '../format.js';
import { undo } from '../history.js';
import { countText, speakerCount } from '../speaker-count.js';
import {
  addSpeaker,
  findSpeakers,
  hearSample,
  mergeSpeakers,
  rememberVoice,
  renameSpeaker,
  speakerColour,
  stopSample,
} from '../speakers.js';
import { speakersText } from '../speakers-text.js';
import { isUnnamed, store, update } from '../store.js';
import { undo as undoLabel } from '../strings/editing.js';
import * as t from '../strings/speakers.js';
import { button } from './buttons.js';
import { Dialog, dialogFrame } from './dialog.js';
import { line } from './fields.js';

/** The speakers of the transcript on show: found, named, heard, merged, added. */
class SpeakersPanel extends Dialog {
  render() {
    const { speakersOpen, opened } = store;
    const summary = store.summaries.get(opened?.id ?? '');
    if (!speakersOpen || !summary) return nothing;
    return dialogFrame(
      t.speakers,
      html`${analysis(summary)} ${people(summary.id, opened?.transcript ?? null)}`,
      button(undoLabel, undo),
    );
  }

  closed() {
    stopSample();
    update({ speakersOpen: false });
  }
}

/** @param {TranscriptSummary} summary */
function analysis(summary) {
  const { speaker_job: job, audio_kept } = summary;
  const models = store.status?.speaker_models;
  if (job && FINDING_SPEAKERS.has(job.state)) {
    return html`
      <p role="status">
        ${speakersText(summary)} ${button(t.stop, () => findSpeakers(summary.id, false))}
      </p>
    `;
  }
  if (!models) return html`<p class="quiet">${t.unavailable}</p>`;
  if (!audio_kept) return html`<p class="quiet">${t.needsAudio}</p>`;
  const find = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const count = speakerCount(String(form.get('count') ?? ''));
    if (count !== null) void findSpeakers(summary.id, count);
  };
  return html`
    <form class="speakers-find" @submit=${find}>
      ${
        job?.error
          ? html`<p class="notice" role="alert">
              <strong>${job.error.message}</strong> ${job.error.hint}
            </p>`
          : nothing
      }
      ${line(t.howMany, countField(job ? countText(job.speakers) : ''))}
      <button class="small">${job ? t.findAgain : t.find}</button>
      ${models.cached ? nothing : html`<small>${t.download(size(models.bytes))}</small>`}
    </form>
  `;
}

/**
 * A field for the number of speakers; empty: as many as are found.
 * @param {string} value
 * @param {(text: string) => unknown} [change] is given a valid text
 */
export const countField = (value, change) => html`
  <input
    name="count"
    .value=${value}
    placeholder=${t.automatic}
    inputmode="text"
    autocomplete="off"
    size="9"
    @input=${(/** @type {Event} */ { target }) => checked(target)}
    @change=${(/** @type {Event} */ { target }) => {
      const field = checked(target);
      if (field.checkValidity()) change?.(field.value);
    }}
  />
`;

/** @param {EventTarget | null} target */
function checked(target) {
  const field = /** @type {HTMLInputElement} */ (target);
  field.setCustomValidity(speakerCount(field.value) === null ? t.notACount : '');
  return field;
}

/** @param {string} id @param {Transcript | null} transcript */
function people(id, transcript) {
  const speakers = transcript?.speakers ?? [];
  const add = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const name = String(new FormData(form).get('name') ?? '').trim();
    if (name) void addSpeaker(id, name).then((saved) => saved && form.reset());
  };
  return html`
    <ol class="speakers">
      ${speakers.map((speaker, index) => person(id, speaker, index, speakers))}
    </ol>
    <form class="speakers-add" @submit=${add}>
      <input
        name="name"
        maxlength="100"
        autocomplete="off"
        placeholder=${t.newName}
        aria-label=${t.newName}
      />
      <button class="small">${t.add}</button>
    </form>
  `;
}

/**
 * @param {string} id
 * @param {Speaker} speaker
 * @param {number} index
 * @param {readonly Speaker[]} speakers
 */
function person(id, speaker, index, speakers) {
  const rename = async (/** @type {Event} */ event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    const name = field.value.trim();
    if (name === speaker.name) return;
    if (!name || !(await renameSpeaker(id, speaker.id, name))) field.value = speaker.name;
  };
  const merge = (/** @type {Event} */ event) => {
    const field = /** @type {HTMLSelectElement} */ (event.target);
    const into = field.value;
    field.value = '';
    if (into) void mergeSpeakers(id, speaker.id, into);
  };
  const { audio_kept, speaker_job } = store.summaries.get(id) ?? {};
  const likeness = speaker_job?.recognised?.[speaker.name];
  const hasVoice = audio_kept && speaker_job?.state === 'done' && !isUnnamed(speaker.name);
  return html`
    <li data-colour=${speakerColour(index)}>
      <span class="speaker-mark" aria-hidden="true">${index + 1}</span>
      <input
        .value=${speaker.name}
        maxlength="100"
        dir="auto"
        autocomplete="off"
        aria-label=${t.nameOfSpeaker(index + 1)}
        @change=${rename}
      />
      <small>${clock(speaker.spoken_s)}</small>
      ${likeness ? html`<small>${t.recognised(percent(likeness))}</small>` : nothing}
      ${
        audio_kept
          ? button(t.hear, () => void hearSample(id, speaker.id), { title: t.sample(speaker.name) })
          : nothing
      }
      ${
        hasVoice
          ? button(t.rememberVoice, () => rememberVoice(id, speaker.id), {
              title: t.rememberHelp(speaker.name),
            })
          : nothing
      }
      ${
        speakers.length > 1
          ? html`<select aria-label=${t.mergeWith(speaker.name)} @change=${merge}>
              <option value="">${t.merge}</option>
              ${speakers
                .filter((other) => other !== speaker)
                .map((other) => html`<option value=${other.id}>${other.name}</option>`)}
            </select>`
          : nothing
      }
    </li>
  `;
}
customElements.define('ew-speakers-panel', SpeakersPanel);
