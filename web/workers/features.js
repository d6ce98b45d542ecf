/** What a browser must have, one clear sentence for each that is missing. */

import * as t from '../app/strings/platform-errors.js';
import { PlatformError } from './errors.js';

/** The smallest module with a vector instruction: (i32.const 0) (i8x16.splat) (drop). */
const SIMD = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15],
  ...[26, 11],
);

/**
 * @param {'library' | 'engine' | 'tools'} role
 * @returns {PlatformError | null} The first thing that is missing and that nothing can replace.
 */
export function missingFeature(role) {
  if (typeof WebAssembly !== 'object') {
    return new PlatformError('EarwitnessError', t.noWebAssembly);
  }
  if (role === 'engine' && !WebAssembly.validate(SIMD)) {
    return new PlatformError('ModelError', t.noSimd);
  }
  return null;
}
