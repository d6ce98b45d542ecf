/**
 * Writes the sound of one recording into a file, or a copy of it that is silent in some parts. The
 * page sends one request, and may abort it.
 */

/** @import { ErrorView, SilencedAudio } from '../generated/messages' */
/** @import { Cut } from './audio-writer.js' */
/** @import { SilenceRequest } from './silenced-copy.js' */
/** @import { StoredRecording } from './stored-audio.js' */

import * as t from '../app/strings/platform-errors.js';
import { writeAudio } from './audio-writer.js';
import { PlatformError, storing, viewOf } from './errors.js';
import * as exportedAudio from './exported-audio.js';
import * as audioStore from './opfs-audio.js';
import { silencedCopy } from './silenced-copy.js';
import { openStored } from './stored-audio.js';

/**
 * @typedef {{ type: 'write', id: string, recording: StoredRecording,
 *   cut: Pick<Cut, 'format' | 'parts' | 'silent'> }
 *   | ({ type: 'silence' } & SilenceRequest) | { type: 'abort' }} ExportRequest
 * @typedef {{ type: 'progress', atS: number }
 *   | { type: 'written', file: File }
 *   | { type: 'silenced', audio: SilencedAudio }
 *   | { type: 'failed', error: ErrorView }} ExportEvent
 */

const abort = new AbortController();

/** @param {ExportEvent} event */
const tell = (event) => postMessage(event);

/** @param {Extract<ExportRequest, { type: 'write' }>} request */
async function write({ id, recording, cut }) {
  const before = await audioStore.open(recording.path);
  const { signal } = abort;
  const progress = (/** @type {number} */ atS) => tell({ type: 'progress', atS });
  return exportedAudio.create(id, async (access) => {
    await writeAudio(
      ({ rateHz, channel }) =>
        openStored(recording, { rateOf: (trackHz) => rateHz || trackHz, channel }),
      access,
      { ...cut, progress, signal },
    );
    // A recording that was deleted or replaced meanwhile must not leave its sound.
    const now = await audioStore.open(recording.path);
    if (now.lastModified !== before.lastModified || now.size !== before.size) {
      throw new PlatformError('NotFoundError', t.recordingChanged);
    }
  });
}

addEventListener('message', async (/** @type {MessageEvent<ExportRequest>} */ { data }) => {
  if (data.type === 'abort') {
    abort.abort();
    return;
  }
  try {
    if (data.type === 'silence') {
      tell({ type: 'silenced', audio: await silencedCopy(data) });
      return;
    }
    await exportedAudio.prune();
    tell({ type: 'written', file: await storing('sound', () => write(data)) });
  } catch (error) {
    tell({ type: 'failed', error: viewOf(error) });
  }
});
