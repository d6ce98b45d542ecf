/** What the user has selected of the transcript on show. */
import { reader } from './reader.js';

/**
 * The selected words, as a part of the recording.
 * @returns {{ start_s: number, end_s: number } | null} null where nothing is selected
 */
export function selectedPart() {
  const text = reader.value;
  if (!text?.selection.length) return null;
  const spoken = text.passage.flatMap((passage) => passage.spoken);
  const [first, last] = [spoken[0], spoken.at(-1)];
  return first && last ? { start_s: first.start_s, end_s: last.end_s } : null;
}
