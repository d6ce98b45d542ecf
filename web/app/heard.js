/** What was heard at a word of the text, and another word in its place. */
/** @import { HeardWord } from '../generated/messages' */
import { attempt } from './actions.js';
import { atDoubt, doubts } from './doubts.js';
import { change, noteChange } from './history.js';
import { library } from './library-client.js';
import { reader } from './reader.js';
import { signal, store } from './store.js';

/**
 * @typedef {object} ShownWord
 * @property {string} transcript
 * @property {number} revision of the text that has it
 * @property {number} segment
 * @property {number} word index in the segment
 * @property {HeardWord} heard
 */

/** The word whose hearing is on show; null: none. */
export const shownWord = signal(/** @type {ShownWord | null} */ (null));

/** Show what was heard at the word at which the user is. */
export async function openHeard() {
  const place = atDoubt() ? doubts.value.at : reader.value?.wordHere;
  const { transcript } = store.opened ?? {};
  if (!place || !transcript || reader.value?.transcript !== transcript.id) return;
  const { segment, word } = place;
  const { id: transcript_id, revision } = transcript;
  const request = /** @type {const} */ ({ type: 'get-heard-word', transcript_id, segment, word });
  const heard = await attempt(() => library.request(request));
  if (!heard || store.opened?.transcript !== transcript) return;
  shownWord.value = { transcript: transcript_id, revision, segment, word, heard };
}

/** Put another word in the place of the one on show. @param {string} text */
export async function putInPlace(text) {
  const shown = shownWord.value;
  if (!shown) return;
  shownWord.value = null;
  const { transcript: transcript_id, revision, segment, word } = shown;
  const type = /** @type {const} */ ('replace-word');
  const done = await change({ type, transcript_id, segment, word, text, revision });
  if (done?.what) noteChange(`${done.what}.`, transcript_id, done.transcript.revision);
}
