/** Which of the found places stay as they are when the text is searched anew. */
/** @import { FoundText } from '../generated/messages' */

/**
 * @param {ReadonlySet<number>} skipped numbers of places that the user left out
 * @param {readonly FoundText[]} before the places that the user saw
 * @param {readonly FoundText[]} now the places of the same search
 * @returns {ReadonlySet<number>} the numbers that the places left out have now
 */
export function stillSkipped(skipped, before, now) {
  const names = named(before);
  const left = new Set([...skipped].map((number) => names[number]));
  return new Set(named(now).flatMap((name, number) => (left.has(name) ? [number] : [])));
}

/** A name for each place that does not depend on its sentence's number. @param {readonly FoundText[]} places */
function named(places) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  return places.map(({ before, text, after }) => {
    const words = JSON.stringify([before, text, after]);
    const count = (counts.get(words) ?? 0) + 1;
    counts.set(words, count);
    return `${count} ${words}`;
  });
}
