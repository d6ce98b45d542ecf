/**
 * The shim of both Python rooms, chosen by `?room=`: boots Pyodide, hands messages to Python as
 * JSON, and Python the platform. Whatever arrives before Python is up waits here, in its order.
 *
 * First message: `{boot: {base, timeOrigin}}`, the page's base address and its clock.
 */

/** @import { BootStage, ErrorView } from '../generated/messages' */
import { bootPython } from './boot.js';
import { viewOf } from './errors.js';
import { missingFeature } from './features.js';

const room = new URL(location.href).searchParams.get('room') === 'engine' ? 'engine' : 'library';

/**
 * What a room brings: objects for Python, and where its messages go.
 *
 * @typedef {object} Room
 * @property {object} platform Given to Python's `main`.
 * @property {(data: any, ports: readonly MessagePort[]) => void} receive A message of the page's.
 * @property {(stage: BootStage, error: ErrorView | null) => void} stage
 *
 * @typedef {{base: string, timeOrigin?: number}} Boot
 */

/** @type {(room: Room | Promise<Room>) => void} */
let open = () => {};
/** @type {Promise<Room>} */
const opened = new Promise((resolve) => {
  open = resolve;
});
let clockOffsetMs = 0;
/** Milliseconds since the page's navigation. @type {Record<string, number>} */
const marks = {};

/** @param {string} name */
function mark(name) {
  const now = performance.now() + clockOffsetMs;
  performance.mark(`earwitness-${room}-${name}`);
  marks[`${room}-${name}`] = Math.round(now);
}

/**
 * @param {Boot} boot
 * @returns {Promise<Room>}
 */
async function openRoom({ base, timeOrigin = performance.timeOrigin }) {
  clockOffsetMs = performance.timeOrigin - timeOrigin;
  mark('worker');
  if (room === 'engine') {
    const { EngineRoom } = await import('./engine-room.js');
    return new EngineRoom(base, marks);
  }
  const { LibraryRoom } = await import('./library-room.js');
  return new LibraryRoom(base, marks);
}

/** @param {Boot} boot */
async function start(boot) {
  /** @type {Room['stage']} */
  let stage = (name, error) => postMessage({ event: { type: 'boot-changed', stage: name, error } });
  try {
    const entered = await openRoom(boot);
    stage = (name, error) => entered.stage(name, error);
    open(entered);
    stage('python', null);
    const missing = missingFeature(room);
    if (missing) {
      throw missing;
    }
    const name = `earwitness.browser.${room}_worker.main`;
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
