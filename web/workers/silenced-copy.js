/** A copy of a recording that is silent in some parts, as a WAV file beside the recording. */

/** @import { SilencedAudio } from '../generated/messages' */
/** @import { Choice } from './audio-writer.js' */

import { writeAudio } from './audio-writer.js';
import { sha256Of } from './download.js';
import { storageError } from './errors.js';
import * as audioStore from './opfs-audio.js';
import * as playerFiles from './player-files.js';
import { openStored } from './stored-audio.js';

/**
 * @typedef {import('./stored-audio.js').StoredRecording & {
 *   id: string, parts: readonly { start_s: number, end_s: number }[] }} SilenceRequest
 */

/**
 * Write the copy. Nothing stays behind when it fails.
 *
 * @param {SilenceRequest} request
 * @returns {Promise<SilencedAudio>}
 */
export async function silencedCopy(request) {
  const { id, path, parts } = request;
  /** @type {[number, number][]} */
  const silent = parts.map(({ start_s, end_s }) => [start_s, end_s]);
  const open = (/** @type {Choice} */ { rateHz, channel }) =>
    openStored(request, { rateOf: (trackHz) => rateHz || trackHz, channel });
  const { size } = await audioStore.open(path);
  const copy = await audioStore.startCopy(id, path);
  try {
    await playerFiles.withRoom(size, async () => {
      copy.access.truncate(0);
      await writeAudio(open, copy.access, { format: 'wav', silent });
    });
    const file = await copy.finish();
    const fingerprint = await sha256Of(file);
    return { path: copy.path, bytes: file.size, fingerprint, media_type: 'audio/wav' };
  } catch (error) {
    await copy.remove();
    throw storageError(error, 'recording');
  }
}
