/** The address of what is on show: `#/t/<transcript id>?at=<seconds>`. */
import { open } from './actions.js';

/**
 * @param {string} id
 * @param {number | null} [at_s]
 * @returns {string} for a link
 */
export function addressOf(id, at_s = null) {
  return `#/t/${encodeURIComponent(id)}${at_s === null ? '' : `?at=${at_s.toFixed(2)}`}`;
}

function follow() {
  const [, id, at] = /^#\/t\/([^?]+)(?:\?at=([\d.]+))?$/.exec(location.hash) ?? [];
  open(id ? decodeURIComponent(id) : null, at ? Number(at) : null);
}

export function startRouting() {
  addEventListener('hashchange', follow);
  follow();
}
