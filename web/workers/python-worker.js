/**
 * The entry of the Python workers, chosen by `?role=`: boots Pyodide, hands messages to Python as
 * JSON, and Python the platform. Whatever arrives before Python is up waits here, in its order.
 *
 * First message: `{boot: {base, timeOrigin}}`, the page's base address and its clock.
 */

/** @import { BootStage, ErrorView } from '../generated/messages' */
import { bootPython } from './boot.js';
import { viewOf } from './errors.js';
import { missingFeature } from './features.js';

/** @typedef {'library' | 'engine' | 'tools'} Role */
const asked = new URL(location.href).searchParams.get('role');
/** @type {Role} */
const role = asked === 'engine' || asked === 'tools' ? asked : 'library';

/**
 * What each role adds: objects for Python, and where its messages go.
 *
 * @typedef {object} WorkerRole
 * @property {object} platform Given to Python's `main`.
 * @property {(data: any, ports: readonly MessagePort[]) => void} receive A message of the page's.
 * @property {(stage: BootStage, error: ErrorView | null) => void} stage
 *
 * @typedef {{base: string, timeOrigin?: number, extensionURL?: string}} Boot
 */

/** @type {Promise<WorkerRole>} From the first message on. */
let opened;
let clockOffsetMs = 0;
/** Milliseconds since the page's navigation. @type {Record<string, number>} */
const marks = {};

/** @param {string} name */
function mark(name) {
  const now = performance.now() + clockOffsetMs;
  performance.mark(`earwitness-${role}-${name}`);
  marks[`${role}-${name}`] = Math.round(now);
}

/**
 * @param {Boot} boot
 * @returns {Promise<WorkerRole>}
 */
async function openRole({ base, timeOrigin = performance.timeOrigin, extensionURL = '' }) {
  clockOffsetMs = performance.timeOrigin - timeOrigin;
  mark('worker');
  if (role === 'engine') {
    const { EngineWorker } = await import('./engine-worker.js');
    return new EngineWorker(base, marks);
  }
  if (role === 'tools') {
    const { ToolRole } = await import('./tool-role.js');
    return new ToolRole(base, (answer) => postMessage(answer));
  }
  const { LibraryWorker } = await import('./library-worker.js');
  return new LibraryWorker(base, marks, extensionURL);
}

/** @param {Boot} boot */
async function start(boot) {
  /** @type {WorkerRole['stage']} */
  let stage = (name, error) => postMessage({ event: { type: 'boot-changed', stage: name, error } });
  try {
    opened = openRole(boot);
    const entered = await opened;
    stage = (name, error) => entered.stage(name, error);
    stage('python', null);
    const missing = missingFeature(role);
    if (missing) {
      throw missing;
    }
    const name = `earwitness.browser.${role}_worker.main`;
    const main = await bootPython(__BUILD__.python, boot.base, name, mark);
    const failure = await main(entered.platform);
    main.destroy();
    if (failure) {
      stage('failed', JSON.parse(failure));
    } else {
      mark('ready');
    }
  } catch (error) {
    stage('failed', viewOf(error));
  }
}

addEventListener('message', async ({ data, ports }) => {
  if (data?.boot) {
    await start(data.boot);
  } else {
    (await opened).receive(data, ports);
  }
});
