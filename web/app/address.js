/**
 * Addresses: `#/t/<transcript id>?at=<seconds>&s=<search>` of a transcript, `#/s/<search>` of a
 * search with nothing open, `#/` of neither.
 */

/**
 * The address of a transcript.
 * @param {string} id
 * @param {number | null} [at_s]
 * @param {string} [query] the search that stands
 * @returns {string} for a link
 */
export function addressOf(id, at_s = null, query = '') {
  const parts = [
    at_s === null ? '' : `at=${at_s.toFixed(3)}`,
    query && `s=${encodeURIComponent(query)}`,
  ];
  const choices = parts.filter(Boolean).join('&');
  return `#/t/${encodeURIComponent(id)}${choices && `?${choices}`}`;
}

/**
 * @param {string} query
 * @returns {string} the address of a search with nothing open
 */
export const searchAddress = (query) => (query ? `#/s/${encodeURIComponent(query)}` : '#/');

/**
 * @param {string} hash
 * @returns {{ id: string | null, at_s: number | null, query: string | null }} null: it does not say
 */
export function readAddress(hash) {
  const search = /^#\/s\/(.*)$/.exec(hash);
  if (search) return { id: null, at_s: null, query: decoded(search[1] ?? '') };
  const [, id, choices] = /^#\/t\/([^?]+)(?:\?(.*))?$/.exec(hash) ?? [];
  const { at, s } = Object.fromEntries(new URLSearchParams(choices ?? ''));
  const known = at !== undefined && /^[\d.]+$/.test(at);
  return { id: id ? decoded(id) : null, at_s: known ? Number(at) : null, query: s ?? null };
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
