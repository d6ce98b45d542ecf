// The platform's modules in a worker of their own, so that a test can call them one by one.

import { openAudio } from '../../../web/workers/audio-source.js';
import { viewOf } from '../../../web/workers/errors.js';
import { missingFeature } from '../../../web/workers/features.js';
import { BlobBytes } from '../../../web/workers/file-bytes.js';
import * as inference from '../../../web/workers/inference.js';
import { loadDecoders } from '../../../web/workers/media-decoder.js';
import { ModelFiles } from '../../../web/workers/model-files.js';
import * as audioStore from '../../../web/workers/opfs-audio.js';
import * as playerFiles from '../../../web/workers/player-files.js';
import * as samples from '../../../web/workers/samples.js';
import { Store } from '../../../web/workers/store.js';

Object.assign(globalThis, {
  audioStore,
  openAudio: async (blob, track, container) =>
    openAudio(new BlobBytes(blob), track, await loadDecoders('ffmpeg-audio.wasm'), { container }),
  inference,
  missingFeature,
  ModelFiles,
  playerFiles,
  samples,
  Store,
});

/** The result of a call, or its error as plain data. */
globalThis.attempt = async (work) => {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: viewOf(error) };
  }
};

globalThis.sha256 = async (bytes) => {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
};

/** All samples of a file of the site, read in pieces. */
globalThis.hear = async (path, { track = 0, container = '', piece = 16_000, from = 0 } = {}) => {
  const blob = await (await fetch(path)).blob();
  const audio = await globalThis.openAudio(blob, track, container);
  const parts = [];
  for (let at = from; ; ) {
    const part = await audio.read(at, at + piece);
    parts.push(part);
    at += part.length;
    if (part.length < piece) break;
  }
  const { durationS, endsS, brokenOff, tracks } = audio;
  audio.close();
  return { samples: samples.concatenate(parts), durationS, endsS, brokenOff, tracks };
};
