// Compiles zips of Python for the page. Pyodide runs here, in Node, because only the page's own
// Python can compile for the page.

import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { loadPyodide } from 'pyodide';

/** Pyodide as npm installed it. */
export const PYODIDE_DIR = path.dirname(
  createRequire(import.meta.url).resolve('pyodide/package.json'),
);

/** The page's Python with `compile_for_page.py` in it. */
export class Compiler {
  #pyodide;
  #compileZips;

  /** @returns {Promise<Compiler>} */
  static async start() {
    const pyodide = await loadPyodide({ indexURL: `${PYODIDE_DIR}/` });
    const source = path.join(import.meta.dirname, 'compile_for_page.py');
    pyodide.runPython(await readFile(source, 'utf8'));
    return new Compiler(pyodide);
  }

  /** @param {import('pyodide').PyodideAPI} pyodide */
  constructor(pyodide) {
    this.#pyodide = pyodide;
    this.#compileZips = pyodide.globals.get('compile_zips');
  }

  /** What Pyodide's own lock file says of itself: version, architecture, Python. */
  get info() {
    return this.#pyodide.lockfile.info;
  }

  /**
   * Write one zip of byte code, made of zips of sources.
   *
   * @param {readonly string[]} zips
   * @param {string} target
   */
  async compile(zips, target) {
    const inside = [];
    for (const [index, file] of zips.entries()) {
      inside.push(`/${index}.zip`);
      this.#pyodide.FS.writeFile(inside[index], await readFile(file));
    }
    const sources = this.#pyodide.toPy(inside);
    const count = this.#compileZips(sources, '/compiled.zip');
    sources.destroy();
    await writeFile(target, this.#pyodide.FS.readFile('/compiled.zip'));
    console.log(`compiled ${count} modules into ${path.basename(target)}`);
  }
}
