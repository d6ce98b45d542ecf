/**
 * In the development page only: shows each saved change. New styles take the place of the old ones;
 * after any other change the page loads again.
 */

/** What the page shows; a later number means that something has changed. */
let shown = '';

const events = new EventSource(__EVENTS_URL__);
events.addEventListener('version', ({ data }) => {
  // Also after a connection that was lost: what changed meanwhile was not heard.
  if (shown && data !== shown) location.reload();
  shown = data;
});
events.addEventListener('styles', ({ data }) => {
  shown = data;
  for (const link of document.querySelectorAll('link[rel="stylesheet"]')) {
    const fresh = /** @type {HTMLLinkElement} */ (link.cloneNode());
    fresh.href = `${fresh.href.split('?')[0]}?${data}`;
    // The old one goes when the new one is there, so that the page never stands without.
    fresh.addEventListener('load', () => link.remove());
    link.after(fresh);
  }
});
