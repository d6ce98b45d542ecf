// Bundles and fingerprints the page into dist/.
// Usage: node web/build.mjs PYTHON_DIR MODELS_DIR WHEELS_DIR DIST_DIR VERSION
// PYTHON_DIR comes from py/build.mjs, MODELS_DIR from models/, WHEELS_DIR holds what the tools worker
// installs. Every file whose address holds its
// content's hash may be cached for ever; the others (index.html, service-worker.js, catalogue) not.

import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { build } from 'esbuild';
import {
  BUNDLE,
  filesBelow,
  hash,
  indexHtml,
  MODULES,
  PAGE,
  PageFolder,
  WEB,
  WORKERS,
} from './page-folder.mjs';

process.on('uncaughtException', (error) => {
  console.error(error.message);
  process.exit(1);
});
const [pythonDir, modelsDir, wheelsDir, distDir, version] = process.argv.slice(2);
if (!version) throw new Error('usage: node web/build.mjs PYTHON MODELS WHEELS DIST VERSION');
const out = `${distDir}.partial`;
const compressed = path.join(distDir, '..', 'build', 'compressed');
const folder = new PageFolder(out);

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

/** Python: one folder named by the hash of everything in it, because its files name each other. */
async function addPython() {
  const names = await filesBelow(pythonDir);
  const files = {};
  const all = createHash('sha256');
  for (const name of names) {
    const bytes = await readFile(path.join(pythonDir, name));
    files[name] = { bytes: bytes.length, integrity: integrityOf(bytes) };
    all.update(`${name}\0${files[name].integrity}`);
  }
  const indexURL = `python/${all.digest('hex').slice(0, 12)}/`;
  await cp(pythonDir, path.join(out, indexURL), { recursive: true });
  return { indexURL, files };
}

/** The digest of a file in the form that `fetch` checks. */
function integrityOf(bytes) {
  return `sha256-${createHash('sha256').update(bytes).digest('base64')}`;
}

/** Bundle entries into dist/assets; returns entry source -> address. */
async function bundle(entries, define) {
  const result = await build({
    ...BUNDLE,
    minify: true,
    entryPoints: entries.map((entry) => path.join(WEB, entry)),
    outdir: path.join(out, 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: 'chunk-[hash]',
    assetNames: '[name]-[hash]',
    splitting: true,
    define,
  });
  const addresses = {};
  for (const [file, output] of Object.entries(result.metafile.outputs)) {
    if (!output.entryPoint) continue;
    const entry = path.relative(WEB, path.resolve(output.entryPoint)).split(path.sep).join('/');
    addresses[entry] = path.relative(out, path.resolve(file)).split(path.sep).join('/');
    if (output.cssBundle) throw new Error(`${entry} imports CSS; link it from index.html`);
  }
  return addresses;
}

const info = {
  version,
  workerURL: '',
  playerWorkerURL: '',
  exportWorkerURL: '',
  extensionWorkerURL: '',
  serviceWorkerURL: 'service-worker.js',
  python: await addPython(),
  ...(await folder.addLibraries()),
  modelsURL: await folder.addModels(modelsDir),
  tools: await folder.addTools(wheelsDir),
};

const workers = await bundle(Object.values(WORKERS), { __BUILD__: JSON.stringify(info) });
for (const [name, entry] of Object.entries(WORKERS)) info[name] = workers[entry];
const page = await bundle(PAGE, { __BUILD__: JSON.stringify(info) });

await folder.put('index.html', await indexHtml(page));
await folder.addManifest();
await folder.put('licences.txt', await licences());
await addServiceWorker();
await compressAll();
await rm(distDir, { recursive: true, force: true });
await rename(out, distDir);

/** Licence texts of what the page ships, as their terms ask. */
async function licences() {
  const require = createRequire(import.meta.url);
  const shipped = [...Object.keys(require('../package.json').dependencies), 'onnxruntime-web'];
  const texts = [];
  for (const name of shipped) {
    const source = path.join(MODULES, name);
    const its = require(path.join(source, 'package.json'));
    const file = (await readdir(source)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? await readFile(path.join(source, file), 'utf8') : `Licence: ${its.license}`;
    texts.push(`${name} ${its.version} (${its.license})\n\n${text.trim()}`);
  }
  const decoders = path.join(WEB, 'vendor', 'ffmpeg-audio');
  for (const name of ['README.md', 'COPYING.LGPLv2.1']) {
    texts.push((await readFile(path.join(decoders, name), 'utf8')).trim());
  }
  return `${texts.join(`\n\n${'='.repeat(80)}\n\n`)}\n`;
}

/** The service worker learns every address of this build; it must stand at dist's root. */
async function addServiceWorker() {
  const precache = { id: '', shell: [], heavy: [], rare: [] };
  for (const name of await filesBelow(out)) {
    if (name.startsWith('models/') || name === 'licences.txt') continue;
    if (name === info.ortWebgpu.wasm || name === info.ortWebgpu.mjs) continue;
    const bytes = await readFile(path.join(out, name));
    const hashed = /^(assets|python|vendor|wheels)\//.test(name);
    const heavy = /^(python|vendor)\//.test(name);
    const rare = name.startsWith('wheels/');
    const entry = { url: name, revision: hashed ? null : hash(bytes), bytes: bytes.length };
    if (rare || name.endsWith('/memory-image.bin')) entry.integrity = integrityOf(bytes);
    precache[rare ? 'rare' : heavy ? 'heavy' : 'shell'].push(entry);
  }
  precache.id = hash(JSON.stringify(precache));
  await build({
    ...BUNDLE,
    minify: true,
    format: 'iife',
    entryPoints: [path.join(WEB, 'service-worker.js')],
    outfile: path.join(out, 'service-worker.js'),
    define: { __PRECACHE__: JSON.stringify(precache) },
  });
}

/** A `.br` beside every text, script, wasm and byte-code file; unchanged ones come from a cache. */
async function compressAll() {
  await mkdir(compressed, { recursive: true });
  for (const name of await filesBelow(out)) {
    if (!/\.(html|css|m?js|json|svg|txt|webmanifest|wasm|zip|bin)$/.test(name)) continue;
    const bytes = await readFile(path.join(out, name));
    if (bytes.length < 1024) continue;
    const kept = path.join(compressed, `${hash(bytes, 32)}.br`);
    if (!(await stat(kept).catch(() => null))) {
      const quality = bytes.length > 1e6 ? 6 : 10;
      const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
      await writeFile(kept, await promisify(brotliCompress)(bytes, { params }));
    }
    await cp(kept, path.join(out, `${name}.br`));
  }
}
