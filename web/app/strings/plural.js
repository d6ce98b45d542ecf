/** Numbers inside sentences. */
import { count } from '../format.js';

const rules = new Intl.PluralRules('en');

/**
 * The form of a phrase for a number.
 * @param {number} n
 * @param {string} one
 * @param {string} other with `#` where the number stands
 * @returns {string}
 */
export const plural = (n, one, other) =>
  rules.select(n) === 'one' ? one : other.replace('#', count(n));
