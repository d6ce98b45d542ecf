// Makes the folder from which the page loads Python: Pyodide, its standard library and our wheels
// as byte code, and their lockfile. Usage: node py/build.mjs WHEELS_DIR OUT_DIR
// Pyodide itself runs here, in Node, because only the page's own Python can compile for the page.

import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [wheelsDir, outDir] = process.argv.slice(2);
if (!wheelsDir || !outDir) throw new Error('usage: node py/build.mjs WHEELS_DIR OUT_DIR');
const here = path.dirname(fileURLToPath(import.meta.url));
const pyodideDir = path.dirname(createRequire(import.meta.url).resolve('pyodide/package.json'));
const { loadPyodide } = await import('pyodide');

const pyodide = await loadPyodide({ indexURL: `${pyodideDir}/` });
pyodide.runPython(await readFile(path.join(here, 'compile_for_page.py'), 'utf8'));
const compileZip = pyodide.globals.get('compile_zip');
const lock = pyodide.globals.get('lock');

await rm(outDir, { recursive: true, force: true });
await mkdir(outDir, { recursive: true });
for (const name of ['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm']) {
  await copyFile(path.join(pyodideDir, name), path.join(outDir, name));
}

pyodide.FS.writeFile('/stdlib.zip', await readFile(path.join(pyodideDir, 'python_stdlib.zip')));
const count = compileZip('/stdlib.zip', '/python_stdlib.zip');
await writeFile(path.join(outDir, 'python_stdlib.zip'), pyodide.FS.readFile('/python_stdlib.zip'));
console.log(`compiled ${count} modules of the standard library`);

pyodide.FS.mkdirTree('/wheels');
const shipped = [];
for (const name of (await readdir(wheelsDir)).filter((n) => n.endsWith('.whl')).sort()) {
  const bytes = await readFile(path.join(wheelsDir, name));
  if (name.startsWith('micropip-')) {
    pyodide.unpackArchive(new Uint8Array(bytes), 'wheel');
    continue;
  }
  pyodide.FS.writeFile('/wheel.zip', bytes);
  compileZip('/wheel.zip', `/wheels/${name}`);
  await writeFile(path.join(outDir, name), pyodide.FS.readFile(`/wheels/${name}`));
  shipped.push(`/wheels/${name}`);
}
const names = pyodide.toPy(shipped);
await writeFile(path.join(outDir, 'pyodide-lock.json'), await lock(names));
for (const proxy of [names, compileZip, lock]) proxy.destroy();
console.log(`locked ${shipped.length} wheels`);
