// Makes the folder from which the page loads Python: Pyodide, its standard library and our wheels,
// each a zip of byte code that is imported from, not unpacked. Usage: node py/build.mjs WHEELS_DIR OUT_DIR
// Pyodide itself runs here, in Node, because only the page's own Python can compile for the page.

import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack } from '../web/workers/memory-image.js';
import { startOptions } from '../web/workers/python-start.js';

const [wheelsDir, outDir] = process.argv.slice(2);
if (!wheelsDir || !outDir) throw new Error('usage: node py/build.mjs WHEELS_DIR OUT_DIR');
const here = path.dirname(fileURLToPath(import.meta.url));
const pyodideDir = path.dirname(createRequire(import.meta.url).resolve('pyodide/package.json'));
const { loadPyodide } = await import('pyodide');

const pyodide = await loadPyodide({ indexURL: `${pyodideDir}/` });
pyodide.runPython(await readFile(path.join(here, 'compile_for_page.py'), 'utf8'));
const compileZips = pyodide.globals.get('compile_zips');

await rm(outDir, { recursive: true, force: true });
await mkdir(outDir, { recursive: true });
for (const name of ['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm']) {
  await copyFile(path.join(pyodideDir, name), path.join(outDir, name));
}
const wheels = (await readdir(wheelsDir)).filter((name) => name.endsWith('.whl')).sort();
await compile([path.join(pyodideDir, 'python_stdlib.zip')], 'python_stdlib.zip');
await compile(
  wheels.map((name) => path.join(wheelsDir, name)),
  'packages.zip',
);
// Pyodide asks for the list of what it may load on demand, which is nothing here.
const { info } = pyodide.lockfile;
await writeFile(path.join(outDir, 'pyodide-lock.json'), JSON.stringify({ info, packages: {} }));
compileZips.destroy();
await keepMemory();

/** Start as the page does, import both rooms, and keep the memory: the page goes on from there. */
async function keepMemory() {
  const started = await loadPyodide({
    ...startOptions(await readFile(path.join(outDir, 'packages.zip'))),
    indexURL: `${outDir}/`,
    lockFileURL: path.join(outDir, 'pyodide-lock.json'),
    _makeSnapshot: true,
  });
  started.runPython(await readFile(path.join(here, 'import_for_page.py'), 'utf8'));
  const packed = pack(started.makeMemorySnapshot());
  await writeFile(path.join(outDir, 'memory-image.bin'), packed);
  console.log(`kept ${(packed.length / 1e6).toFixed(1)} MB of memory`);
}

/** Make one zip of byte code out of several of sources. */
async function compile(zips, name) {
  const inside = [];
  for (const [index, file] of zips.entries()) {
    inside.push(`/${index}.zip`);
    pyodide.FS.writeFile(inside[index], await readFile(file));
  }
  const sources = pyodide.toPy(inside);
  const count = compileZips(sources, '/compiled.zip');
  sources.destroy();
  await writeFile(path.join(outDir, name), pyodide.FS.readFile('/compiled.zip'));
  console.log(`compiled ${count} modules into ${name}`);
}
