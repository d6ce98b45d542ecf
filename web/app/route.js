/** What the address names is on show; `address.js` says how it is written. */
import { open } from './actions.js';
import { state } from './state.js';

function follow() {
  const [, id, at] = /^#\/t\/([^?]+)(?:\?at=([\d.]+))?$/.exec(location.hash) ?? [];
  open(id ? decodeURIComponent(id) : null, at ? Number(at) : null);
}

export function startRouting() {
  addEventListener('hashchange', follow);
  state.addEventListener('transcript', () => {
    // What was deleted is not on show any more, so the address must not name it.
    if (!state.opened && location.hash.startsWith('#/t/')) history.replaceState(null, '', '#/');
  });
  follow();
}
