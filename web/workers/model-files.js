/**
 * Model files in the origin's private file system: `models/<id>/<revision>/<file>`.
 *
 * Streamed there once, hashed on the way, continued after an interruption. `verified.json` in the
 * folder names what arrived whole; a file that is not in it is a part. Not covered: bytes that rot
 * on the disk after they were verified (the size is checked at every start, the hash is not).
 */

import * as t from '../app/strings/platform-errors.js';
import { download, sha256Of } from './download.js';
import { describe, PlatformError, storing } from './errors.js';
import { fileAt, fileIn, folder, removeFrom, writeAll, writer } from './opfs.js';

const FOLDER = 'models';
const CATALOGUE = 'catalogue.json';
const MANIFEST = 'manifest.json';
const VERIFIED = 'verified.json';

/**
 * @typedef {{path: string, bytes: number, sha256: string}} ModelFile
 * @typedef {{id: string, revision: string, files: ModelFile[]}} Manifest
 * @typedef {{id: string, revision: string, path: string, bytes: number}} CatalogueEntry
 * @typedef {{models: CatalogueEntry[], vad?: CatalogueEntry, speakers?: CatalogueEntry,
 *   default: string}} Catalogue
 * @typedef {(loadedBytes: number, totalBytes: number) => void} Progress
 */

/** The models of one origin. */
export class ModelFiles {
  /** @param {URL} catalogueURL */
  constructor(catalogueURL) {
    this.catalogueURL = catalogueURL;
    /** @type {Map<string, FileSystemDirectoryHandle>} Folders of the models in use. */
    this.inUse = new Map();
  }

  /** @returns {Promise<string>} JSON of the catalogue, each entry with `cached`. */
  async list() {
    const catalogue = await this.catalogue();
    for (const entry of entriesOf(catalogue)) {
      Object.assign(entry, { cached: (await this.complete(entry)) !== null });
    }
    return JSON.stringify(catalogue);
  }

  /**
   * Make a model whole on this device.
   *
   * @param {string} id
   * @param {Progress} progress
   * @returns {Promise<string>} JSON of its manifest.
   */
  async ensure(id, progress) {
    const entry = entriesOf(await this.catalogue()).find((each) => each.id === id);
    if (!entry) {
      throw new PlatformError('ModelError', t.noSuchModel(id));
    }
    const manifest = (await this.complete(entry)) ?? (await this.fetchModel(entry, progress));
    this.inUse.set(id, await folder(FOLDER, id, manifest.revision));
    return JSON.stringify(manifest);
  }

  /**
   * For transformers.js: a file of a model in use.
   *
   * @param {string} id
   * @param {string} path
   * @returns {Promise<File | null>}
   */
  async open(id, path) {
    const directory = this.inUse.get(id);
    return directory ? fileAt(directory, path) : null;
  }

  /**
   * A small file of a model in use.
   *
   * @param {string} id
   * @param {string} path
   * @returns {Promise<string>}
   */
  async text(id, path) {
    const file = await this.open(id, path);
    if (!file) {
      throw new PlatformError('ModelError', t.modelLacksFile(id, path));
    }
    return file.text();
  }

  /**
   * After a model could not be loaded: is what is here still what arrived? If not, delete it.
   *
   * @param {string} id
   * @returns {Promise<boolean>} True: it was damaged, and the next `ensure` fetches it anew.
   */
  async heal(id) {
    const directory = this.inUse.get(id);
    /** @type {Manifest | null} */
    const manifest = directory ? await readJson(directory, MANIFEST) : null;
    for (const file of manifest?.files ?? []) {
      const kept = await this.open(id, file.path);
      if (!kept || (await sha256Of(kept)) !== file.sha256) {
        this.inUse.delete(id);
        await removeFrom(await folder(FOLDER), id, true);
        return true;
      }
    }
    return false;
  }

  /** @returns {Promise<Catalogue>} From the network; from this device when there is none. */
  async catalogue() {
    const directory = await folder(FOLDER);
    try {
      const catalogue = await fetchJson(this.catalogueURL);
      await writeJson(directory, CATALOGUE, catalogue);
      return catalogue;
    } catch (error) {
      const kept = await readJson(directory, CATALOGUE);
      if (kept) {
        return kept;
      }
      throw new PlatformError('ModelError', t.catalogueUnreadable, error);
    }
  }

  /**
   * @param {CatalogueEntry} entry
   * @returns {Promise<Manifest | null>} null unless every file is there, whole.
   */
  async complete(entry) {
    const directory = await folder(FOLDER, entry.id, entry.revision);
    const verified = await readJson(directory, VERIFIED);
    /** @type {Manifest | null} */
    const manifest = verified && (await readJson(directory, MANIFEST));
    if (!manifest) {
      return null;
    }
    for (const { path, bytes, sha256 } of manifest.files) {
      if (verified[path] !== sha256 || (await fileAt(directory, path))?.size !== bytes) {
        return null;
      }
    }
    return manifest;
  }

  /**
   * @param {CatalogueEntry} entry
   * @param {Progress} progress
   * @returns {Promise<Manifest>}
   */
  async fetchModel(entry, progress) {
    const base = new URL(`${entry.path}/`, this.catalogueURL);
    /** @type {Manifest} */
    const manifest = await fetchJson(new URL(MANIFEST, base)).catch((error) => {
      throw new PlatformError('ModelError', t.modelNotDownloaded, error);
    });
    const total = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
    await storing('model', async () => {
      const directory = await folder(FOLDER, entry.id, manifest.revision);
      await writeJson(directory, MANIFEST, manifest);
      const verified = (await readJson(directory, VERIFIED)) ?? {};
      let before = 0;
      for (const file of manifest.files) {
        if (verified[file.path] !== file.sha256) {
          const start = before;
          await download(new URL(file.path, base), directory, file, (loaded) =>
            progress(start + loaded, total),
          );
          verified[file.path] = file.sha256;
          await writeJson(directory, VERIFIED, verified);
        }
        before += file.bytes;
        progress(before, total);
      }
      await forgetOthers(entry.id, manifest.revision);
    });
    return manifest;
  }
}

/**
 * @param {Catalogue} catalogue
 * @returns {CatalogueEntry[]}
 */
function entriesOf({ models, vad, speakers }) {
  return [...models, ...(vad ? [vad] : []), ...(speakers ? [speakers] : [])];
}

/**
 * @param {URL} url
 * @returns {Promise<any>} The JSON at an address; a cached copy is revalidated with the host.
 */
async function fetchJson(url) {
  const response = await fetch(url, { cache: 'no-cache' });
  if (!response.ok) {
    throw new Error(`${response.status} for ${response.url}`);
  }
  return response.json();
}

/**
 * @param {string} id
 * @param {string} revision The one to keep.
 */
async function forgetOthers(id, revision) {
  const directory = await folder(FOLDER, id);
  for await (const name of directory.keys()) {
    if (name !== revision) {
      await removeFrom(directory, name, true);
    }
  }
}

/**
 * @param {FileSystemDirectoryHandle} directory
 * @param {string} name
 * @returns {Promise<any>} null where there is none or it is damaged.
 */
async function readJson(directory, name) {
  const file = await fileIn(directory, name);
  try {
    return file && JSON.parse(await file.text());
  } catch (error) {
    console.warn(`${name} is damaged and will be written again: ${describe(error)}`);
    return null;
  }
}

/**
 * @param {FileSystemDirectoryHandle} directory
 * @param {string} name
 * @param {unknown} value
 */
async function writeJson(directory, name, value) {
  const access = await writer(directory, name);
  try {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    access.truncate(0);
    writeAll(access, bytes, 0);
    access.flush();
  } finally {
    access.close();
  }
}
