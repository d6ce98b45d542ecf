// Python's memory as the build keeps it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pack, unpack } from '../../web/workers/memory-image.js';

test('memory comes back byte for byte, and empty pages take no room', () => {
  const memory = new Uint8Array(100 * 4096 + 7);
  memory.set([1, 2, 3], 5 * 4096 + 4094);
  memory[memory.length - 1] = 9;
  const packed = pack(memory);
  assert.ok(packed.length < 4 * 4096 + 64);
  assert.deepEqual(unpack(packed.slice().buffer), memory);
});

test('an image that was cut off is refused', () => {
  const packed = pack(new Uint8Array(3 * 4096).fill(1));
  assert.throws(() => unpack(packed.slice(0, packed.length - 4096).buffer), RangeError);
});
