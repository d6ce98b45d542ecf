// Earwitness's icons, drawn when the page is built: the bars of the favicon in index.html, as PNG.

import { crc32, deflateSync } from 'node:zlib';

/** The favicon's view box. */
const BOX = 32;
const CORNER = 8;
const ACCENT = [0x17, 0x60, 0x6b];
const STROKE = 3;
/** Place of each bar, and where it begins and ends. */
const BARS = [
  [8, 13, 19],
  [13, 8, 24],
  [18, 11, 21],
  [23, 14, 18],
];
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const RED_GREEN_BLUE_ALPHA = 6;

/**
 * @param {number} size_px
 * @param {boolean} filled to its corners, for systems that cut the shape out of it
 * @returns {Uint8Array} the icon as PNG
 */
export function icon(size_px, filled) {
  const rows = Buffer.alloc(size_px * (1 + 4 * size_px));
  const scale = BOX / size_px;
  for (let row = 0, at = 0; row < size_px; row += 1) {
    at += 1; // Each row begins with the number of its filter: none.
    for (let column = 0; column < size_px; column += 1, at += 4) {
      const [x, y] = [(column + 0.5) * scale, (row + 0.5) * scale];
      const bars = coverage(toBars(x, y) / scale);
      for (let each = 0; each < 3; each += 1) {
        rows[at + each] = Math.round(ACCENT[each] * (1 - bars) + 255 * bars);
      }
      rows[at + 3] = filled ? 255 : Math.round(255 * coverage(toSquare(x, y) / scale));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size_px, 0);
  header.writeUInt32BE(size_px, 4);
  header.set([8, RED_GREEN_BLUE_ALPHA], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** How far a point is from the nearest bar; negative inside. */
function toBars(x, y) {
  const distances = BARS.map(([middle, begin, end]) =>
    Math.hypot(x - middle, y - Math.min(Math.max(y, begin), end)),
  );
  return Math.min(...distances) - STROKE / 2;
}

/** How far a point is from the square with round corners; negative inside. */
function toSquare(x, y) {
  const [right, down] = [x, y].map((each) => Math.abs(each - BOX / 2) - (BOX / 2 - CORNER));
  return (
    Math.hypot(Math.max(right, 0), Math.max(down, 0)) + Math.min(Math.max(right, down), 0) - CORNER
  );
}

/** The part of a pixel that lies inside a shape whose edge is that many pixels away. */
const coverage = (distance_px) => Math.min(Math.max(0.5 - distance_px, 0), 1);

/** @returns {Buffer} A chunk of a PNG. */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
