/** Add what the system shared; loaded when something was. */
/** @import { SharedFile } from './shared-files.js' */
import { addFiles } from './files.js';
import { ask } from './questions.js';
import { forgetShared, others, sharedFiles } from './shared-files.js';
import * as t from './strings/launch.js';
import { tellError } from './toasts.js';

/** Add shared files; the user is asked about those that another page may have sent. */
export async function takeShared() {
  try {
    const shared = await sharedFiles();
    const asked = others(shared);
    const system = shared.filter(({ from_system }) => from_system);
    const question = asked.length ? agreed(asked.map(({ file }) => file.name)) : false;
    if (system.length) await add(system);
    if (await question) await add(asked);
    else await forgetShared(asked);
  } catch (thrown) {
    tellError(thrown);
  }
}

/** They are kept until the library has them. @param {readonly SharedFile[]} files */
async function add(files) {
  await addFiles(files.map(({ file }) => file));
  await forgetShared(files);
}

/** @param {readonly string[]} names @returns {Promise<boolean>} whether the user agreed */
async function agreed(names) {
  const view = {
    type: 'Question',
    message: t.addShared(names.length),
    hint: t.sharedNames(names),
    detail: '',
  };
  return (await ask({ view, yes: t.add, no: t.discard })) === 'yes';
}
