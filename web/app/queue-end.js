/** Tell the user outside of the page that long work has ended: only if they asked for it. */
import { library } from './library-client.js';
import { notifies, wantNotifications } from './preferences.js';
import { effect, store, untracked } from './store.js';
import * as t from './strings/notifications.js';
import { note, tellError } from './toasts.js';

/** Shorter work ends before the user looks away. */
const LONG_MS = 60_000;

/** @returns {boolean} whether this browser can tell anything outside of the page */
export const canNotify = () =>
  'Notification' in window && 'serviceWorker' in navigator && Boolean(__BUILD__.serviceWorkerURL);

/** Switch it on or off; the browser asks the user once. @param {boolean} on */
export async function notify(on) {
  wantNotifications(on);
  if (!on) return;
  try {
    if ((await Notification.requestPermission()) === 'granted') return;
    note(t.refused);
  } catch (thrown) {
    tellError(thrown);
  }
  // Drawn as on before, so that it is drawn again.
  await new Promise((drawn) => setTimeout(drawn));
  wantNotifications(false);
}

/** Notice when the last job of a queue ends. */
export function startQueueEnd() {
  let began_ms = 0;
  /** @type {Set<string>} */
  let ids = new Set();
  effect(() => {
    if (store.working) {
      began_ms ||= performance.now();
      for (const { id } of store.queue) ids.add(id);
    } else if (began_ms) {
      const long = performance.now() - began_ms >= LONG_MS;
      if (long) untracked(() => tell(ids));
      began_ms = 0;
      ids = new Set();
    }
  });
}

/**
 * The service worker tells it, unless a tab is on show.
 * @param {ReadonlySet<string>} ids of recordings that were worked on
 */
function tell(ids) {
  if (!notifies.value || !library.leading) return;
  const states = [...ids].map((id) => store.summaries.get(id)?.job.state);
  const done = states.filter((state) => state === 'done').length;
  const failed = states.filter((state) => state === 'failed').length;
  if (!done && !failed) return;
  const message = { type: 'queue-ended', title: t.ended, body: t.outcome(done, failed) };
  void navigator.serviceWorker.ready.then(({ active }) =>
    active?.postMessage({ ...message, count: done + failed }),
  );
}
