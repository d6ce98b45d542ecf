// What the built page and the development page share: esbuild's options, and the files that neither
// of them bundles.

import { createHash } from 'node:crypto';
import { cp, link, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as words from './app/strings/page.js';
import { icon } from './icons.mjs';
import { ICONS, MANIFEST, manifest } from './manifest.mjs';

export const WEB = import.meta.dirname;
export const MODULES = path.join(WEB, '..', 'node_modules');
export const WORKERS = {
  workerURL: 'workers/python-worker.js',
  playerWorkerURL: 'workers/player-worker.js',
  exportWorkerURL: 'workers/export-worker.js',
  extensionWorkerURL: 'workers/extension-worker.js',
};
export const PAGE = ['app/main.js', 'style/main.css'];
export const BUNDLE = {
  bundle: true,
  format: 'esm',
  target: ['chrome111', 'firefox115', 'safari16.4'],
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

/**
 * @param {string | Uint8Array} bytes
 * @param {number} [length] in hexadecimal digits
 * @returns {string} SHA-256.
 */
export function hash(bytes, length = 12) {
  return createHash('sha256').update(bytes).digest('hex').slice(0, length);
}

/**
 * @param {string} folder
 * @returns {Promise<string[]>} Paths of all files below it, in order, with slashes.
 */
export async function filesBelow(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((name) => name.split(path.sep).join('/'))
    .sort();
}

/**
 * @param {Record<string, string>} addresses where each of `PAGE` is
 * @returns {Promise<string>} index.html with these addresses, and its words from app/strings/page.js
 */
export async function indexHtml(addresses) {
  let html = await readFile(path.join(WEB, 'index.html'), 'utf8');
  for (const [source, address] of Object.entries(addresses)) html = html.replace(source, address);
  const known = new Map(Object.entries(words));
  return html.replace(/__(\w+)__/g, (_, name) => {
    if (!known.has(name)) throw new Error(`app/strings/page.js has no ${name}`);
    return known.get(name);
  });
}

/** A folder that a host can serve as the page. */
export class PageFolder {
  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
  }

  /**
   * @param {string} address
   * @param {string | Uint8Array} bytes
   */
  async put(address, bytes) {
    const target = path.join(this.folder, address);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, bytes);
  }

  /** What an installed page needs. */
  async addManifest() {
    await this.put(MANIFEST, JSON.stringify(manifest(), null, 1));
    for (const [name, [size_px, filled]] of Object.entries(ICONS)) {
      await this.put(name, icon(size_px, filled));
    }
  }

  /** @returns {Promise<object>} The part of `BuildInfo` that tells where the libraries are. */
  async addLibraries() {
    const transformers = path.join(MODULES, '@huggingface', 'transformers', 'dist');
    return {
      transformersURL: await this.#fingerprinted(path.join(transformers, 'transformers.min.js')),
      ort: await this.#addOrt(''),
      ortWebgpu: await this.#addOrt('.asyncify'),
      decodersURL: await this.#fingerprinted(
        path.join(WEB, 'vendor', 'ffmpeg-audio', 'ffmpeg-audio.wasm'),
      ),
      sampleURL: await this.#fingerprinted(path.join(WEB, 'sample', 'sample.zip')),
    };
  }

  /**
   * The packages that the tools worker installs, with a page of links for each, as an index of
   * packages has it: micropip reads these and checks the hashes.
   *
   * @param {string} wheelsDir
   * @returns {Promise<BuildInfo['tools']>}
   */
  async addTools(wheelsDir) {
    /** @type {[string, Uint8Array][]} */
    const files = [];
    for (const name of (await filesBelow(wheelsDir)).filter((each) => each.endsWith('.whl'))) {
      const bytes = await readFile(path.join(wheelsDir, name));
      const project = name
        .split('-')[0]
        .toLowerCase()
        .replace(/[-_.]+/g, '-');
      const link = `<a href="${name}#sha256=${hash(bytes, 64)}">${name}</a>`;
      files.push([name, bytes]);
      files.push([`${project}.html`, Buffer.from(`<!doctype html>\n${link}\n`)]);
    }
    const all = files.map(([name, bytes]) => `${name} ${hash(bytes, 64)}`).join('\n');
    const folder = `wheels/${hash(all)}/`;
    for (const [name, bytes] of files) await this.put(folder + name, bytes);
    const names = files.map(([name]) => name);
    const micropip = names.find((name) => /^micropip-.*whl$/.test(name)) ?? '';
    return { folder, names, micropip };
  }

  /**
   * Models are linked, not copied, where the file system can: they are large.
   *
   * @param {string} modelsDir
   * @returns {Promise<string>} The address of their list.
   */
  async addModels(modelsDir) {
    const catalogue = JSON.parse(await readFile(path.join(modelsDir, 'catalogue.json'), 'utf8'));
    for (const model of [...catalogue.models, catalogue.vad, catalogue.speakers ?? []].flat()) {
      for (const name of await filesBelow(path.join(modelsDir, model.id))) {
        const target = path.join(this.folder, 'models', model.path, name);
        await mkdir(path.dirname(target), { recursive: true });
        const source = path.join(modelsDir, model.id, name);
        await link(source, target).catch(() => cp(source, target));
      }
    }
    await this.put('models/catalogue.json', JSON.stringify(catalogue, null, 1));
    return 'models/catalogue.json';
  }

  /**
   * ONNX Runtime's glue asks for its .wasm by the address it is given, so both get hashed names.
   *
   * @param {string} variant
   */
  async #addOrt(variant) {
    const base = path.join(MODULES, 'onnxruntime-web', 'dist', `ort-wasm-simd-threaded${variant}`);
    return {
      mjs: await this.#fingerprinted(`${base}.mjs`),
      wasm: await this.#fingerprinted(`${base}.wasm`),
    };
  }

  /**
   * Copy a file to vendor/, its hash in its name; returns its address.
   *
   * @param {string} source
   */
  async #fingerprinted(source) {
    const bytes = await readFile(source);
    const { name, ext } = path.parse(source);
    const address = `vendor/${name}-${hash(bytes)}${ext}`;
    await this.put(address, bytes);
    return address;
  }
}
