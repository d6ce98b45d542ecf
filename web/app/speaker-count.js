/** How many speakers there are, as the user types it. */
/** @import { SpeakerCount } from '../generated/messages' */

/**
 * How many speakers a text asks for.
 * @param {string} text `2`, `3–5`, or nothing
 * @returns {SpeakerCount | null} null where it is no number and no range
 */
export function speakerCount(text) {
  if (!text.trim()) return true;
  const match = /^\s*(\d{1,2})\s*(?:[-–—]\s*(\d{1,2}))?\s*$/.exec(text);
  if (!match) return null;
  const [least, most] = [Number(match[1]), Number(match[2] ?? match[1])];
  if (least < 1 || most < least || most > 50) return null;
  return least === most ? least : [least, most];
}

/** @param {SpeakerCount} count @returns {string} as `speakerCount` reads it */
export const countText = (count) =>
  typeof count === 'boolean' ? '' : Array.isArray(count) ? count.join('–') : String(count);
