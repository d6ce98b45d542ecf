/**
 * Addresses: `#/t/<transcript id>?at=<seconds>&s=<search>&date=<days>` of a transcript,
 * `#/s/<search>?date=<days>` of a search with nothing open, `#/` of neither.
 */

/**
 * The address of a transcript.
 * @param {string} id
 * @param {number | null} [at_s]
 * @param {string} [query] the search that stands
 * @param {string} [date] the days that it is narrowed down to, as `date-filter.js` has them
 * @returns {string} for a link
 */
export function addressOf(id, at_s = null, query = '', date = '') {
  const parts = [
    at_s === null ? '' : `at=${at_s.toFixed(3)}`,
    query && `s=${encodeURIComponent(query)}`,
    date && `date=${encodeURIComponent(date)}`,
  ];
  const choices = parts.filter(Boolean).join('&');
  return `#/t/${encodeURIComponent(id)}${choices && `?${choices}`}`;
}

/**
 * @param {string} query
 * @param {string} [date] as in `addressOf`
 * @returns {string} the address of a search with nothing open
 */
export function searchAddress(query, date = '') {
  if (!query && !date) return '#/';
  return `#/s/${encodeURIComponent(query)}${date && `?date=${encodeURIComponent(date)}`}`;
}

/**
 * @param {string} hash
 * @returns {{ id: string | null, at_s: number | null, query: string | null, date: string | null }}
 *   null: it does not say
 */
export function readAddress(hash) {
  const [, search, limits] = /^#\/s\/([^?]*)(?:\?(.*))?$/.exec(hash) ?? [];
  if (search !== undefined) {
    const date = new URLSearchParams(limits ?? '').get('date') ?? '';
    return { id: null, at_s: null, query: decoded(search), date };
  }
  const [, id, choices] = /^#\/t\/([^?]+)(?:\?(.*))?$/.exec(hash) ?? [];
  const { at, s, date } = Object.fromEntries(new URLSearchParams(choices ?? ''));
  const known = at !== undefined && /^[\d.]+$/.test(at);
  return {
    id: id ? decoded(id) : null,
    at_s: known ? Number(at) : null,
    query: s ?? null,
    date: date ?? null,
  };
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
