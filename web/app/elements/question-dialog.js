/** @import { DownloadNeeded, ServerNeeded } from '../../generated/messages' */
/** @import { Answer, Question } from '../store.js' */
import { html, nothing } from 'lit';
import { answerDownload, answerServer } from '../actions.js';
import { size, span } from '../format.js';
import { store } from '../store.js';
import * as t from '../strings/dialogs.js';
import * as server from '../strings/server.js';
import * as speakers from '../strings/speakers.js';
import { Dialog, dialogFrame } from './dialog.js';

/** The question before a model is downloaded. @param {DownloadNeeded} needed */
function downloadQuestion({ model, bytes, metered }) {
  const title = store.status?.models.find(({ id }) => id === model)?.title;
  const forSpeakers = model === store.status?.speaker_models?.id;
  return {
    title: forSpeakers ? speakers.downloadModels : t.downloadModel,
    body: html`
      <p>
        ${forSpeakers ? speakers.modelsNeeded(size(bytes)) : t.modelNeeded(title ?? model, size(bytes))}
      </p>
      ${metered ? html`<p class="notice">${t.metered}</p>` : nothing}
    `,
    no: t.notNow,
    yes: t.download,
    danger: false,
    answer: (/** @type {Answer} */ given) => answerDownload(given === 'yes'),
  };
}

/** The question before the automatic choice sends anything to a server. @param {ServerNeeded} needed */
function serverQuestion({ origin, name, bytes, reason, seconds }) {
  return {
    title: server.sendQuestion,
    body: html`
      <p>
        ${reason === 'cannot' ? server.deviceCannot(name) : server.deviceTakes(span(seconds), name)}
        ${server.whatIsSent(size(bytes), origin)}
      </p>
      <p>${server.sameForLater}</p>
    `,
    no: server.keepHere,
    yes: server.allowSending,
    danger: false,
    answer: (/** @type {Answer} */ given) => answerServer(given === 'yes'),
  };
}

/** The question before corrections are lost; the library words it. @param {Question} question */
function lossQuestion({ view, yes, no = t.keepAsItIs, danger = false, answer }) {
  const body = html`<p>${view.message}</p>
    <p class="quiet">${view.hint}</p>`;
  return { title: t.question(yes), body, no, yes, danger, answer };
}

/** The open question, if any, by the attribute `about` of the dialog. */
const QUESTIONS = {
  download: () => store.download && downloadQuestion(store.download),
  server: () => store.serverNeeded && serverQuestion(store.serverNeeded),
  loss: () => store.question && lossQuestion(store.question),
};

/** A dialog with a question, open while the store has the question. */
class QuestionDialog extends Dialog {
  get question() {
    return QUESTIONS[/** @type {keyof typeof QUESTIONS} */ (this.getAttribute('about'))]();
  }

  render() {
    const { question } = this;
    if (!question) return nothing;
    const buttons = html`
      <form method="dialog" class="row-buttons">
        <button class="secondary" value="no">${question.no}</button>
        <button class=${question.danger ? 'danger' : ''} value="yes">${question.yes}</button>
      </form>
    `;
    return dialogFrame(question.title, question.body, buttons);
  }

  /** @param {string} value */
  closed(value) {
    this.question?.answer(/** @type {Answer} */ (value));
  }
}
customElements.define('ew-question-dialog', QuestionDialog);
