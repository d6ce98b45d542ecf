/** Numbers inside sentences. */
import { count } from '../format.js';

const rules = new Intl.PluralRules('en');

/**
 * The form of a phrase for a number.
 * @param {number} n
 * @param {{ one: string, other: (n: string) => string }} forms
 * @returns {string} `other` gets the number as people write it
 */
export const plural = (n, { one, other }) => (rules.select(n) === 'one' ? one : other(count(n)));
