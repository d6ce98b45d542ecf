// Makes the folder from which the page loads Python: the runtime, our wheels as one zip of byte code
// that is imported from, not unpacked, and Python's memory once they are imported.
// Usage: node py/build.mjs RUNTIME_DIR OUT_DIR WHEELS_DIR…
// RUNTIME_DIR comes from py/build-runtime.mjs.

import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadPyodide } from 'pyodide';
import { pack } from '../web/workers/memory-image.js';
import { startOptions } from '../web/workers/python-start.js';
import { Compiler } from './compiler.mjs';

const [runtimeDir, outDir, ...wheelsDirs] = process.argv.slice(2);
if (!wheelsDirs.length) throw new Error('usage: node py/build.mjs RUNTIME_DIR OUT_DIR WHEELS_DIR…');

await rm(outDir, { recursive: true, force: true });
await cp(runtimeDir, outDir, { recursive: true });
const packages = path.join(outDir, 'packages.zip');
await (await Compiler.start()).compile(await wheels(), packages);
await keepMemory();

async function wheels() {
  const found = [];
  for (const folder of wheelsDirs) {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.whl')).sort();
    found.push(...names.map((name) => path.join(folder, name)));
  }
  return found;
}

/** Start as the page does, import both rooms, and keep the memory: the page goes on from there. */
async function keepMemory() {
  const started = await loadPyodide({
    ...startOptions(await readFile(packages)),
    indexURL: `${outDir}/`,
    lockFileURL: path.join(outDir, 'pyodide-lock.json'),
    _makeSnapshot: true,
  });
  const source = path.join(import.meta.dirname, 'import_for_page.py');
  started.runPython(await readFile(source, 'utf8'));
  const packed = pack(started.makeMemorySnapshot());
  await writeFile(path.join(outDir, 'memory-image.bin'), packed);
  console.log(`kept ${(packed.length / 1e6).toFixed(1)} MB of memory`);
}
