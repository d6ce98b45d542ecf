/**
 * The address of a transcript: `#/t/<transcript id>?at=<seconds>`.
 * @param {string} id
 * @param {number | null} [at_s]
 * @returns {string} for a link
 */
export function addressOf(id, at_s = null) {
  return `#/t/${encodeURIComponent(id)}${at_s === null ? '' : `?at=${at_s.toFixed(3)}`}`;
}
