/**
 * Which builds are open. Each tab holds a shared Web Lock named after its build as long as it lives,
 * and the service worker keeps the files of these builds. The browser frees the locks of killed tabs.
 */

const PREFIX = 'earwitness-build ';

/**
 * Hold this tab's lock until the tab closes.
 *
 * @param {string} address Of the workers' script, which is loaded late and named by its content.
 */
export function announceBuild(address) {
  const forever = () => new Promise(() => {});
  void navigator.locks?.request(PREFIX + address, { mode: 'shared' }, forever);
}

/** @returns {Promise<string[]>} The address that each open tab of this origin has announced. */
export async function announcedBuilds() {
  const { held = [] } = await navigator.locks.query();
  const names = held.map(({ name }) => name ?? '');
  return names.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
}
