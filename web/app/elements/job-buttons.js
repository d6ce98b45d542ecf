/** What can be done with a job in its present state. */
/** @import { TranscriptSummary } from '../../generated/messages' */
/** @import { Item } from './menu.js' */

import { addAgain, move, openRerun, provideFile, steer } from '../actions.js';
import { addressOf } from '../address.js';
import { remove } from '../bin-and-backup.js';
import { withdraw } from '../files.js';
import { isHeldDouble } from '../job-text.js';
import { store } from '../store.js';
import * as t from '../strings/jobs.js';
import { button, fileButton } from './buttons.js';

/**
 * @typedef {object} JobAction
 * @property {string} label
 * @property {() => unknown} run
 * @property {boolean} [next] what most people do next
 * @property {boolean} [danger] it takes the recording away
 */

/**
 * @param {TranscriptSummary} summary
 * @returns {JobAction[]} in the order in which they are offered
 */
function jobActions(summary) {
  const { id, job, audio_kept } = summary;
  const retry = { label: t.retry, next: true };
  const del = { label: t.remove, run: () => remove(summary), danger: true };
  if (store.pending.has(id)) {
    if (job.state === 'failed') return [{ ...retry, run: () => addAgain(id) }, del];
    return [{ label: t.cancel, run: () => withdraw(id) }];
  }
  const resume = { label: t.resume, run: () => steer('resume', id) };
  const cancel = { label: t.cancel, run: () => steer('cancel', id) };
  const options = { label: t.options, run: () => openRerun(summary, null) };
  const here = job.server ? [{ label: t.transcribeHere, run: () => move(id, 'device') }] : [];
  const there =
    !job.server && store.status?.server?.allowed
      ? [{ label: t.sendToServer, run: () => move(id, 'server') }]
      : [];
  const first = { label: t.moveToFront, run: () => steer('prioritise', id) };
  switch (job.state) {
    case 'queued':
      return [...here, ...(job.queue_position > 1 ? [first] : []), options, cancel];
    case 'loading':
    case 'transcribing':
      return [{ label: t.pause, run: () => steer('pause', id) }, ...here, options, cancel];
    case 'pausing':
      return [cancel];
    case 'paused':
      if (isHeldDouble(summary)) {
        return [
          { label: t.openTheOther, run: () => openOther(summary), next: true },
          { ...resume, label: t.transcribeAgain, next: true },
        ];
      }
      return [{ ...resume, next: true }, ...here, options, cancel];
    case 'needs-file':
      return [del];
    case 'failed':
      // What cannot be heard here now will not be heard here another time.
      if (job.error?.type === 'MediaError') {
        return [...(audio_kept ? [...here, ...there] : []), { ...del, label: t.removeFile }];
      }
      return [{ ...resume, ...retry }, ...here, ...there, del];
    case 'cancelled':
      return [{ ...resume, next: true }, del];
    case 'done':
      return [del];
  }
}

/** Show the recording that was here before, and take the new one away. @param {TranscriptSummary} summary */
async function openOther(summary) {
  location.hash = addressOf(summary.same_as);
  await remove(summary);
}

/**
 * A job that waits for its file.
 * @param {TranscriptSummary} summary
 * @param {string} described id of the element with the recording's name
 */
const fileWanted = ({ id, job }, described) =>
  job.state === 'needs-file'
    ? [fileButton(t.chooseFileAgain, (file) => provideFile(id, file), { described })]
    : [];

/**
 * Everything, as buttons.
 * @param {TranscriptSummary} summary
 * @param {string} described id of the element with the recording's name
 */
export const jobButtons = (summary, described) => [
  ...fileWanted(summary, described),
  ...jobActions(summary).map(({ label, run }) => button(label, run, { described })),
];

/**
 * For a row: the next step alone as a button, the rest for a menu.
 * @param {TranscriptSummary} summary
 * @param {string} described id of the element with the recording's name
 * @returns {{ buttons: unknown[], items: Item[] }}
 */
export function rowActions(summary, described) {
  const actions = jobActions(summary);
  const next = actions.filter((action) => action.next);
  return {
    buttons: [
      ...fileWanted(summary, described),
      ...next.map(({ label, run }) => button(label, run, { described })),
    ],
    items: actions.filter((action) => !action.next),
  };
}
