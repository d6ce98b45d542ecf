// The web app manifest: what the system shows and offers once Earwitness is installed.

import { NEWEST, SEARCH, SHARE_TARGET } from './app/launch-addresses.js';
import * as words from './app/strings/page.js';

/** Where the page expects its manifest, its icons beside it. */
export const MANIFEST = 'manifest.webmanifest';
/** File -> width, and whether it is filled to its corners. */
export const ICONS = {
  'icons/icon-192.png': [192, false],
  'icons/icon-512.png': [512, false],
  'icons/maskable-512.png': [512, true],
  'icons/apple-touch-icon.png': [180, true],
};
/** Media types of recordings, with the endings of their files. */
const RECORDINGS = {
  'audio/aac': ['.aac'],
  'audio/aiff': ['.aif', '.aiff'],
  'audio/amr': ['.amr'],
  'audio/flac': ['.flac'],
  'audio/mp4': ['.m4a', '.m4b'],
  'audio/mpeg': ['.mp3'],
  'audio/ogg': ['.oga', '.ogg', '.opus'],
  'audio/wav': ['.wav'],
  'audio/webm': ['.weba'],
  'audio/x-caf': ['.caf'],
  'audio/x-matroska': ['.mka'],
  'audio/x-ms-wma': ['.wma'],
  'video/mp4': ['.mp4', '.m4v'],
  'video/mpeg': ['.mpeg', '.mpg'],
  'video/ogg': ['.ogv'],
  'video/quicktime': ['.mov'],
  'video/webm': ['.webm'],
  'video/x-matroska': ['.mkv'],
  'video/x-msvideo': ['.avi'],
};
const SUBTITLES = {
  'application/ttml+xml': ['.dfxp', '.ttml'],
  'application/x-lrc': ['.lrc'],
  'application/x-sami': ['.sami', '.smi'],
  'application/x-subrip': ['.srt'],
  'text/vtt': ['.vtt'],
  'text/x-sbv': ['.sbv'],
  'text/x-ssa': ['.ass', '.ssa'],
};

/** @returns {object} All its addresses are relative: the page may lie at any path of its host. */
export function manifest() {
  const image = (src, purpose) => ({
    src,
    sizes: `${ICONS[src][0]}x${ICONS[src][0]}`,
    type: 'image/png',
    purpose,
  });
  return {
    // Another app may be at the root of the same host.
    id: '/earwitness',
    name: 'Earwitness',
    short_name: 'Earwitness',
    description: words.description,
    lang: 'en',
    dir: 'ltr',
    start_url: './',
    scope: './',
    display: 'standalone',
    theme_color: '#17606b',
    background_color: '#fbfaf7',
    categories: ['productivity', 'utilities'],
    icons: [
      image('icons/icon-192.png', 'any'),
      image('icons/icon-512.png', 'any'),
      image('icons/maskable-512.png', 'maskable'),
    ],
    // An open page keeps its work and its unsaved words.
    launch_handler: { client_mode: ['focus-existing', 'auto'] },
    shortcuts: [
      { name: words.search, url: `./${SEARCH}` },
      { name: words.newestTranscript, url: `./${NEWEST}` },
    ],
    file_handlers: [{ action: './', accept: { ...RECORDINGS, ...SUBTITLES } }],
    share_target: {
      action: `./${SHARE_TARGET}`,
      method: 'POST',
      enctype: 'multipart/form-data',
      params: {
        files: [
          {
            name: 'files',
            accept: ['audio/*', 'video/*', ...Object.entries(SUBTITLES).flat(2)],
          },
        ],
      },
    },
  };
}
