// What web/build.mjs and web/dev.mjs write into the bundles. All addresses are relative to the page's base address.

interface BuildInfo {
  version: string;
  /** The module worker of both Python workers; empty inside the worker itself. */
  workerURL: string;
  /** Empty: none is registered. */
  serviceWorkerURL: string;
  python: {
    /** The folder of pyodide.mjs, pyodide.asm.* and the files below. */
    indexURL: string;
    /** The standard library as byte code. */
    stdlibURL: string;
    /** Our package and what it imports, as byte code. */
    packagesURL: string;
    /** Python's memory once all that is needed to start is imported; empty: none was kept. */
    imageURL: string;
    lockURL: string;
    /**
     * Size and SHA-256 (hex) of each file below indexURL, for the boot probe; a file that is not
     * listed is not checked.
     */
    files: Record<string, { bytes: number; sha256: string }>;
  };
  transformersURL: string;
  /** ONNX Runtime, WebAssembly only, and the build that WebGPU needs. */
  ort: { mjs: string; wasm: string };
  ortWebgpu: { mjs: string; wasm: string };
  /** Demuxers and audio decoders: web/vendor/ffmpeg-audio. */
  decodersURL: string;
  /** models/catalogue.json */
  modelsURL: string;
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
  version: string;
  /** Fetched when the service worker installs: page, styles, workers' scripts. */
  shell: PrecacheEntry[];
  /** Fetched after intent, before "works offline" is claimed: Python, transformers.js, ONNX Runtime. */
  heavy: PrecacheEntry[];
}

declare const __BUILD__: BuildInfo;
/** Where the development page hears of changes. */
declare const __EVENTS_URL__: string;
declare const __PRECACHE__: PrecacheList;
