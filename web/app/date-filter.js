/**
 * The days that search and list are narrowed down to, as one word that fits in an address: `today`,
 * a number of days that end today, or `from..to` with two dates, each of which may be left out.
 */

/** @typedef {{ from: string, to: string }} Days dates, ISO 8601; empty: no limit */

const DATE = /^\d{4}-\d\d-\d\d$/;

/**
 * @param {string} word
 * @param {Date} [now]
 * @returns {Days}
 */
export function daysOf(word, now = new Date()) {
  const count = word === 'today' ? 1 : Number(/^\d{1,4}$/.exec(word)?.[0] ?? 0);
  if (count) {
    const first = new Date(now.getFullYear(), now.getMonth(), now.getDate() - count + 1);
    return { from: dateOf(first), to: '' };
  }
  const [from = '', to = ''] = word.split('..');
  return { from: DATE.test(from) ? from : '', to: DATE.test(to) ? to : '' };
}

/** @param {Days} days @returns {string} the word for them; empty: all days */
export const wordOf = ({ from, to }) => (from || to ? `${from}..${to}` : '');

/**
 * The moments at which the days begin and end here, as `created_at` has moments.
 * @param {string} word
 * @param {Date} [now]
 * @returns {{ since: string, until: string }} empty: no limit
 */
export function momentsOf(word, now = new Date()) {
  const { from, to } = daysOf(word, now);
  return { since: from && midnight(from, 0), until: to && midnight(to, 1) };
}

/** @param {string} date @param {number} later days */
function midnight(date, later) {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const moment = new Date(year, month - 1, day + later);
  return Number.isNaN(moment.valueOf()) ? '' : moment.toISOString();
}

/** @param {Date} day */
const dateOf = (day) =>
  [
    String(day.getFullYear()).padStart(4, '0'),
    String(day.getMonth() + 1).padStart(2, '0'),
    String(day.getDate()).padStart(2, '0'),
  ].join('-');
