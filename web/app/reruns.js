/** Another run over a recording, and the way back; Python asks where corrections would give way. */
/** @import { ErrorKind, TranscribeOptions, TranscriptSummary } from '../generated/messages' */

import { UNFINISHED } from '../generated/constants.js';
import { replaceText, settings } from './files.js';
import { languageName } from './languages.js';
import { library } from './library-client.js';
import { ask } from './questions.js';
import { viewOf } from './request-error.js';
import { kept, store, update, without } from './store.js';
import {
  addToList,
  formerTextStays,
  goBack as goBackLabel,
  runAgain as runAgainLabel,
  useText as useTextLabel,
  useTextOf,
} from './strings/dialogs.js';
import * as t from './strings/notes.js';
import { note, tellError } from './toasts.js';

/** @type {ErrorKind} */
const CORRECTIONS = 'CorrectionsError';

/**
 * Run a recording again, all of it or a part, as it ran before but for what is asked for now.
 * @param {TranscriptSummary} summary
 * @param {Partial<TranscribeOptions>} over
 * @param {{ start_s?: number, end_s?: number | null }} [part]
 * @param {(thrown: unknown) => void} [tell] what to do with an error
 * @returns {Promise<boolean>} whether it will run; not when it failed or the user thought better
 */
export function runAgain(summary, over, part = {}, tell = tellError) {
  const { id: transcript_id, job } = summary;
  // A run without words yet is described by what it was asked for, the text on show by what made it.
  const { model: used, task } = UNFINISHED.has(job.state) ? job.options : summary;
  return agreed(runAgainLabel, tell, async (replace_corrections) => {
    const { where, model: chosen } = await settings();
    // A server's model may not be one of this device's.
    const known = store.status?.models.some(({ id }) => id === used);
    const model = known ? used : chosen;
    const options = { ...job.options, model, task, where, ...over };
    const type = /** @type {const} */ ('retranscribe');
    const request = { type, transcript_id, options, ...part };
    const queued = await library.request({ ...request, replace_corrections });
    update(({ estimates }) => ({ estimates: without(estimates, [transcript_id]) }));
    update(kept(queued));
    note(over.language ? t.runningAgainIn(languageName(over.language)) : t.runningAgain);
  });
}

/**
 * The text from before the latest run, in its place.
 * @param {TranscriptSummary} summary
 */
export const goBack = ({ id: transcript_id }) =>
  agreed(goBackLabel, tellError, async (replace_corrections) => {
    const request = { type: /** @type {const} */ ('go-back'), transcript_id };
    update(kept(await library.request({ ...request, replace_corrections })));
    note(t.previousVersionBack);
  });

/**
 * The text of a file in the place of a recording's text.
 * @param {TranscriptSummary} summary
 * @param {File} file
 */
export const useText = ({ id }, file) =>
  agreed(useTextLabel, tellError, async (replace_corrections) => {
    const replaced = await replaceText(id, file, replace_corrections);
    update(kept(replaced));
    const run = () => void goBack(replaced);
    note(t.textReplaced(file.name), { action: { label: goBackLabel, run } });
  });

/**
 * Ask what a text is that was dropped while a recording is on show.
 * @param {TranscriptSummary} summary
 * @param {File} file
 * @param {() => void} add as a transcript of its own
 */
export async function offerText(summary, file, add) {
  const view = {
    type: 'Question',
    message: useTextOf(file.name, summary.name),
    hint: formerTextStays,
    detail: '',
  };
  const answer = await ask({ view, yes: useTextLabel, no: addToList });
  if (answer === 'yes') void useText(summary, file);
  else if (answer === 'no') add();
}

/** Let the user choose a file whose text is used. @param {TranscriptSummary} summary */
export function chooseText(summary) {
  const input = document.createElement('input');
  input.type = 'file';
  input.onchange = () => {
    const file = input.files?.[0];
    if (file) void useText(summary, file);
  };
  input.click();
}

/**
 * @param {string} yes what the user's consent is called
 * @param {(thrown: unknown) => void} tell
 * @param {(replaceCorrections: boolean) => Promise<void>} send
 * @returns {Promise<boolean>} whether it happened
 */
async function agreed(yes, tell, send) {
  try {
    try {
      await send(false);
    } catch (thrown) {
      const question = viewOf(thrown);
      if (question.type !== CORRECTIONS) throw thrown;
      if ((await ask({ view: question, yes })) !== 'yes') return false;
      await send(true);
    }
    return true;
  } catch (thrown) {
    tell(thrown);
    return false;
  }
}
