/** The transcript on show, for all that acts on it: keys, the search, scripts. */
/** @import { TranscriptText } from './elements/transcript-text.js' */
import { signal } from './store.js';

/** The element with the text; null while none is on show. */
export const reader = signal(/** @type {TranscriptText | null} */ (null));

/** What the user sees and can read now: the transcript, and the jump that brought them there. */
export const readable = signal(/** @type {{ id: string, jump: object | null } | null} */ (null));

/** Say something to a screen reader. @param {string} text */
export function announce(text) {
  const announcer = document.querySelector('#announcer');
  if (announcer) announcer.textContent = text;
}
