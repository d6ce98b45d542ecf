// What web/build.mjs and tooling/web/dev.mjs write into the bundles. All addresses are relative to the page's base address.

interface BuildInfo {
  version: string;
  /** The module worker of both Python workers; empty inside the worker itself. */
  workerURL: string;
  /** The module worker that prepares recordings for the player; empty inside the workers. */
  playerWorkerURL: string;
  /** The module worker that writes sound into files; empty inside the workers. */
  exportWorkerURL: string;
  /** The module worker that runs extensions; empty inside the workers. */
  extensionWorkerURL: string;
  /** Empty: none is registered. */
  serviceWorkerURL: string;
  python: {
    /**
     * The folder of Pyodide with its python_stdlib.zip, of our packages.zip and, where a build kept Python's memory,
     * of memory-image.bin.
     */
    indexURL: string;
    /**
     * Size and SHA-256 (as `fetch` checks it) of each file below indexURL, for the boot probe; a file that is not
     * listed is not checked.
     */
    files: Record<string, { bytes: number; integrity: string }>;
  };
  transformersURL: string;
  /** ONNX Runtime, WebAssembly only, and the build that WebGPU needs. */
  ort: { mjs: string; wasm: string };
  ortWebgpu: { mjs: string; wasm: string };
  /** Demuxers and audio decoders: web/vendor/ffmpeg-audio. */
  decodersURL: string;
  /** A backup with one recording, to try the page with: web/sample. */
  sampleURL: string;
  /** models/catalogue.json */
  modelsURL: string;
  /** Packages that are installed when they are first needed: wheels, and a page of links for each. */
  tools: { folder: string; names: string[]; micropip: string };
}

interface PrecacheEntry {
  url: string;
  /** Content hash; null where the address itself holds it. */
  revision: string | null;
  bytes: number;
  /** Of what would be used without a further look; checked once, as it is kept. */
  integrity?: string;
}

interface PrecacheList {
  /** Hash of the lists below. */
  id: string;
  /** Fetched when the service worker installs: page, styles, workers' scripts. */
  shell: PrecacheEntry[];
  /** Fetched after intent, before "works offline" is claimed: Python, transformers.js, ONNX Runtime. */
  heavy: PrecacheEntry[];
  /** Fetched and kept when they are first asked for: packages of the tools worker. */
  rare: PrecacheEntry[];
}

declare const __BUILD__: BuildInfo;
declare const __PRECACHE__: PrecacheList;
