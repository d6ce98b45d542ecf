/** What the library may ask of the page: stay awake, warn before closing, keep our data. */
/** @import { PagePlatform } from './python-workers.js' */

/**
 * @param {() => boolean} unsaved whether something would be lost by closing the tab now
 * @returns {PagePlatform}
 */
export function pagePlatform(unsaved) {
  let saving = false;
  addEventListener('beforeunload', (event) => {
    if (saving || unsaved()) event.preventDefault();
  });
  return {
    wakeLock: wakeLock(),
    saving: (on) => {
      saving = on;
    },
    persist: async () => (await navigator.storage?.persist?.()) ?? false,
  };
}

/** The browser drops a wake lock when the tab is hidden; take it again when it comes back. */
function wakeLock() {
  let wanted = false;
  /** @type {WakeLockSentinel | null} */
  let held = null;
  const settle = async () => {
    if (!wanted) {
      await held?.release();
      held = null;
    } else if ((!held || held.released) && document.visibilityState === 'visible') {
      held = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
      if (!wanted) await held?.release();
    }
  };
  document.addEventListener('visibilitychange', settle);
  return (/** @type {boolean} */ on) => {
    wanted = on;
    void settle();
  };
}
