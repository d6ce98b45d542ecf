// A backup behind a passphrase: it comes back byte for byte, or not at all.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSealed, SealError, seal, unseal } from '../../web/app/sealed-backup.js';

const MEBIBYTE = 1 << 20;
const HEADER_BYTES = 33;

/** @param {number} length */
const file = (length) => new Blob([Uint8Array.from({ length }, (_, i) => (i * 31) % 251)]);

/** @param {Blob} blob */
const bytes = async (blob) => Buffer.from(await blob.arrayBuffer());

for (const length of [0, 1, MEBIBYTE, MEBIBYTE + 1, 2 * MEBIBYTE + 77]) {
  test(`a file of ${length} bytes comes back`, async () => {
    const sealed = await seal(file(length), 'correct horse');
    assert.equal(await isSealed(sealed), true);
    assert.ok(
      (await bytes(await unseal(sealed, 'correct horse'))).equals(await bytes(file(length))),
    );
  });
}

test('a file is sealed differently each time, and shows nothing of what it holds', async () => {
  const text = new Blob(['A confidential interview. '.repeat(9)]);
  const [one, other] = [await bytes(await seal(text, 'x')), await bytes(await seal(text, 'x'))];
  assert.ok(!one.equals(other));
  assert.ok(!one.includes('confidential'));
  assert.equal(await isSealed(text), false);
});

test('another passphrase opens nothing', async () => {
  const sealed = await seal(file(10), 'correct horse');
  for (const wrong of ['Correct horse', 'correct horse ', '']) {
    await assert.rejects(unseal(sealed, wrong), SealError);
  }
});

test('the same letters written in another way are the same passphrase', async () => {
  const sealed = await seal(file(10), 'caf\u00e9');
  assert.equal((await unseal(sealed, 'cafe\u0301')).size, 10);
});

test('a file that was cut, changed or put together anew is not opened', async () => {
  const whole = await bytes(await seal(file(2 * MEBIBYTE + 5), 'key'));
  const piece = MEBIBYTE + 16;
  const changed = Buffer.from(whole);
  changed[HEADER_BYTES + 9] = (changed[HEADER_BYTES + 9] ?? 0) ^ 1;
  const rounds = Buffer.from(whole);
  rounds.writeUInt32BE(0xffffffff, 9);
  const [head, first, second, rest] = [
    whole.subarray(0, HEADER_BYTES),
    whole.subarray(HEADER_BYTES, HEADER_BYTES + piece),
    whole.subarray(HEADER_BYTES + piece, HEADER_BYTES + 2 * piece),
    whole.subarray(HEADER_BYTES + 2 * piece),
  ];
  for (const broken of [
    whole.subarray(0, 20),
    head,
    Buffer.concat([head, first, second]),
    Buffer.concat([head, second, first, rest]),
    changed,
    rounds,
  ]) {
    await assert.rejects(unseal(new Blob([broken]), 'key'), SealError);
  }
});
