/**
 * Marks in the text by the CSS Custom Highlight API: they change no element, so that selection,
 * caret and the browser's own search stay whole. style/transcript.css says how each looks.
 */
/** @import { Highlight as UserHighlight } from '../generated/messages' */
import { HIGHLIGHT_COLOURS } from '../generated/constants.js';

/**
 * What each means is in the style sheet; the colours are those of the user's highlights.
 * @typedef {'now' | 'found' | 'here' | 'shown' | 'doubt' | 'voice' | 'quiet' | 'redacted' | UserHighlight['colour']} Mark
 */

/** Whether the browser has the API; without it only the spoken word is marked, by an element. */
export const HIGHLIGHTS = typeof Highlight === 'function' && 'highlights' in CSS;

/** Of marks over each other the later one is seen. @type {readonly Mark[]} */
const ORDER = [
  ...HIGHLIGHT_COLOURS,
  'quiet',
  'voice',
  'doubt',
  'shown',
  'found',
  'here',
  'now',
  'redacted',
];

/**
 * Mark these places, and no others, in the whole page.
 * @param {Mark} mark
 * @param {readonly AbstractRange[]} ranges
 */
export function highlight(mark, ranges) {
  if (!HIGHLIGHTS) return;
  const known = CSS.highlights.get(mark);
  if (!ranges.length) {
    if (known?.size) known.clear();
    return;
  }
  const marks = known ?? new Highlight();
  marks.clear();
  for (const range of ranges) marks.add(range);
  if (known) return;
  marks.priority = ORDER.indexOf(mark);
  CSS.highlights.set(mark, marks);
}

/** Remove every mark. */
export function clearHighlights() {
  for (const mark of ORDER) highlight(mark, []);
}
