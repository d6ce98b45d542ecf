// Makes the part of the page's Python that our own code does not change: Pyodide, and its standard
// library as a zip of byte code. Usage: node py/build-runtime.mjs OUT_DIR

import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Compiler, PYODIDE_DIR } from './compiler.mjs';

const [outDir] = process.argv.slice(2);
if (!outDir) throw new Error('usage: node py/build-runtime.mjs OUT_DIR');

await rm(outDir, { recursive: true, force: true });
await mkdir(outDir, { recursive: true });
for (const name of ['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm']) {
  await copyFile(path.join(PYODIDE_DIR, name), path.join(outDir, name));
}
const compiler = await Compiler.start();
const stdlib = path.join(outDir, 'python_stdlib.zip');
await compiler.compile([path.join(PYODIDE_DIR, 'python_stdlib.zip')], stdlib);
// Pyodide asks for the list of what it may load on demand, which is nothing here.
const lock = JSON.stringify({ info: compiler.info, packages: {} });
await writeFile(path.join(outDir, 'pyodide-lock.json'), lock);
