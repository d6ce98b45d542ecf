/** What can be done with a job in its present state, as buttons. */
/** @import { TranscriptSummary } from '../../generated/messages' */
import { nothing } from 'lit';
import { addAgain, move, provideFile, steer } from '../actions.js';
import { remove } from '../bin-and-backup.js';
import { withdraw } from '../files.js';
import { store } from '../store.js';
import * as t from '../strings/jobs.js';
import { fileButton, button as smallButton } from './buttons.js';

/**
 * @param {TranscriptSummary} summary
 * @param {string} described id of the element with the recording's name
 */
export function jobButtons(summary, described) {
  const { id, job, audio_kept } = summary;
  /** @param {string} label @param {() => unknown} act */
  const button = (label, act) => smallButton(label, act, { described });
  const del = button(t.remove, () => remove(summary));
  if (store.pending.has(id)) {
    if (job.state === 'failed') return [button(t.retry, () => addAgain(id)), del];
    return button(t.cancel, () => withdraw(id));
  }
  const cancel = button(t.cancel, () => steer('cancel', id));
  const here = job.server ? button(t.transcribeHere, () => move(id, 'device')) : nothing;
  const there =
    !job.server && store.status?.server?.allowed
      ? button(t.sendToServer, () => move(id, 'server'))
      : nothing;
  switch (job.state) {
    case 'queued':
      return [
        here,
        job.queue_position > 1 ? button(t.moveToFront, () => steer('prioritise', id)) : nothing,
        cancel,
      ];
    case 'loading':
    case 'transcribing':
      return [button(t.pause, () => steer('pause', id)), here, cancel];
    case 'pausing':
      return cancel;
    case 'paused':
      return [button(t.resume, () => steer('resume', id)), here, cancel];
    case 'needs-file':
      return [fileButton(t.chooseFileAgain, (file) => provideFile(id, file), { described }), del];
    case 'failed':
      // What cannot be heard here now will not be heard here another time.
      if (job.error?.type === 'MediaError') return audio_kept ? [here, there, del] : del;
      return [button(t.retry, () => steer('resume', id)), here, there, del];
    case 'cancelled':
      return [button(t.resume, () => steer('resume', id)), del];
    case 'done':
      return del;
  }
}
