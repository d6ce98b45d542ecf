/**
 * The worker that runs packages of the user, one request long. Before their code runs, it is sealed:
 * it has no network, no storage, no channel and no other worker, and little memory.
 *
 * First message: `{boot, files}`: the page's base address, and the bytes of all that Python asks
 * for, by address. Its server also holds it to a policy without connections.
 */
import { bootPython } from './boot.js';
import { viewOf } from './errors.js';
import { seal } from './seal.js';
import { ToolRole } from './tool-role.js';

/** @type {(message: object) => void} */
const send = globalThis.postMessage.bind(globalThis);
/** @type {ToolRole} */
let role;

addEventListener('message', async ({ data }) => {
  if (!data.boot) {
    role.receive(data);
    return;
  }
  const { base } = data.boot;
  seal(data.files);
  role = new ToolRole(base, send);
  try {
    const name = 'earwitness.browser.tools_worker.main';
    const image = data.files[new URL(`${__BUILD__.python.indexURL}memory-image.bin`, base).href];
    const main = await bootPython(__BUILD__.python, base, name, () => undefined, image);
    await main(role.platform);
    main.destroy();
  } catch (error) {
    role.stage('failed', viewOf(error));
  }
});
