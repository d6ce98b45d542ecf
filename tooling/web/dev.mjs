// The development page: bundles the work tree quickly, and again on each line that comes in.
// Usage: node tooling/web/dev.mjs RUNTIME_DIR MODELS_DIR WHEELS_DIR OUT_DIR VERSION EVENTS_URL
// RUNTIME_DIR comes from py/build-runtime.mjs; OUT_DIR/python/packages.zip is written by the caller.
// EVENTS_URL tells the open pages of changes. After each bundling, one line of JSON goes out:
// {"changed": ["assets/main.css", …]}, or {"error": "…"} where the sources cannot be bundled.

import { cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { context } from 'esbuild';
import { BUNDLE, hash, indexHtml, PAGE, PageFolder, WEB, WORKERS } from '../../web/page-folder.mjs';

const [runtimeDir, modelsDir, wheelsDir, outDir, version, eventsURL] = process.argv.slice(2);
if (!eventsURL)
  throw new Error('usage: node tooling/web/dev.mjs RUNTIME MODELS WHEELS OUT VERSION EVENTS_URL');
const HERE = import.meta.dirname;
const folder = new PageFolder(outDir);
/** Address -> hash of what lies there. */
const written = new Map();

await rm(outDir, { recursive: true, force: true });
await mkdir(outDir, { recursive: true });
await cp(runtimeDir, path.join(outDir, 'python'), { recursive: true });
await cp(path.join(HERE, 'service-worker.js'), path.join(outDir, 'service-worker.js'));
await folder.addManifest();

/** As in web/build.mjs; empty addresses and no list of files switch off what a build adds. */
const info = {
  version,
  workerURL: 'assets/python-worker.js',
  playerWorkerURL: 'assets/player-worker.js',
  exportWorkerURL: 'assets/export-worker.js',
  extensionWorkerURL: 'assets/extension-worker.js',
  serviceWorkerURL: '',
  python: { indexURL: 'python/', files: {} },
  ...(await folder.addLibraries()),
  modelsURL: await folder.addModels(modelsDir),
  tools: await folder.addTools(wheelsDir),
};
const bundler = await context({
  ...BUNDLE,
  logLevel: 'silent',
  sourcemap: 'linked',
  write: false,
  entryPoints: [
    path.join(HERE, 'live-reload.js'),
    ...[...Object.values(WORKERS), ...PAGE].map((entry) => path.join(WEB, entry)),
  ],
  outdir: path.join(outDir, 'assets'),
  entryNames: '[name]',
  chunkNames: 'chunk-[hash]',
  assetNames: '[name]-[hash]',
  splitting: true,
  define: { __BUILD__: JSON.stringify(info), __EVENTS_URL__: JSON.stringify(eventsURL) },
});

await report();
for await (const _line of createInterface({ input: process.stdin })) {
  await report();
}
await bundler.dispose();

/** Bundle, write what is new, and tell. */
async function report() {
  try {
    console.log(JSON.stringify({ changed: await bundle() }));
  } catch (error) {
    console.log(JSON.stringify({ error: error.message }));
  }
}

/** @returns {Promise<string[]>} Addresses whose content is new. */
async function bundle() {
  const { outputFiles } = await bundler.rebuild();
  const files = outputFiles.map(({ path: file, contents }) => [
    path.relative(outDir, file).split(path.sep).join('/'),
    contents,
  ]);
  files.push(['index.html', await html()]);
  const changed = files.filter(([address, bytes]) => written.get(address) !== hash(bytes));
  for (const [address, bytes] of changed) {
    await folder.put(address, bytes);
    written.set(address, hash(bytes));
  }
  return changed.map(([address]) => address);
}

async function html() {
  const html = await indexHtml({
    'style/main.css': 'assets/main.css',
    'app/main.js': 'assets/main.js',
  });
  const script = '<script type="module" src="assets/live-reload.js"></script>';
  return html.replace('</head>', `${script}</head>`);
}
