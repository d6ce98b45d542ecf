/** What the system shows when long work has ended, and the switch for it. */
import { plural } from './plural.js';

export const notify = 'Notify me when work of a minute or more has ended';
export const refused = 'The browser allows no notifications here. Its settings for this site can.';
export const ended = 'Earwitness is done';
/** @param {number} done @param {number} failed recordings */
export const outcome = (done, failed) =>
  [
    done && plural(done, '1 recording is transcribed.', '# recordings are transcribed.'),
    failed && plural(failed, '1 recording failed.', '# recordings failed.'),
  ]
    .filter(Boolean)
    .join(' ');
