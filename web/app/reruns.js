/** Another run over a recording, and the way back; Python asks where corrections would give way. */
/** @import { ErrorKind, TranscribeOptions, TranscriptSummary } from '../generated/messages' */
import { UNFINISHED } from '../generated/constants.js';
import { ask } from './elements/question-dialog.js';
import { settings } from './files.js';
import { languageName } from './languages.js';
import { library } from './library-client.js';
import { viewOf } from './request-error.js';
import { state } from './state.js';
import { note, tellError } from './toast-list.js';

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
  return agreed('Run again', tell, async (replace_corrections) => {
    const { where, model: chosen } = await settings();
    // A server's model may not be one of this device's.
    const known = state.status?.models.some(({ id }) => id === used);
    const model = known ? used : chosen;
    const options = { ...job.options, model, task, where, ...over };
    const type = /** @type {const} */ ('retranscribe');
    const request = { type, transcript_id, options, ...part };
    const queued = await library.request({ ...request, replace_corrections });
    state.estimates.delete(transcript_id);
    state.keep(queued);
    note(over.language ? `Running again in ${languageName(over.language)}.` : 'Running again.');
  });
}

/**
 * The text from before the latest run, in its place.
 * @param {TranscriptSummary} summary
 */
export const goBack = ({ id: transcript_id }) =>
  agreed('Go back', tellError, async (replace_corrections) => {
    const request = { type: /** @type {const} */ ('go-back'), transcript_id };
    state.keep(await library.request({ ...request, replace_corrections }));
    note('The earlier text is back.');
  });

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
      if (!(await ask(question, yes))) return false;
      await send(true);
    }
    return true;
  } catch (thrown) {
    tell(thrown);
    return false;
  }
}
