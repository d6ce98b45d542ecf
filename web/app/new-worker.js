/** @param {string} path */
const absolute = (path) => new URL(path, document.baseURI).href;

/**
 * A Python room's worker; its first message tells it where and when the page is.
 * @param {'library' | 'engine'} room
 * @returns {Worker}
 */
export function newWorker(room) {
  const url = new URL(absolute(__BUILD__.workerURL));
  url.searchParams.set('room', room);
  const worker = new Worker(url, { type: 'module', name: `earwitness ${room}` });
  worker.postMessage({ boot: { base: absolute('.'), timeOrigin: performance.timeOrigin } });
  return worker;
}
