/** What a browser must have, one clear sentence for each that is missing. */

import { PlatformError } from './errors.js';

const CURRENT = 'Use a current Chrome, Edge, Firefox or Safari.';

/** The smallest module with a vector instruction: (i32.const 0) (i8x16.splat) (drop). */
const SIMD = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15],
  ...[26, 11],
);

/**
 * @param {'library' | 'engine'} role
 * @returns {PlatformError | null} The first thing that is missing and that nothing can replace.
 */
export function missingFeature(role) {
  if (typeof WebAssembly !== 'object') {
    return new PlatformError(
      'EarwitnessError',
      'This browser has WebAssembly switched off.',
      CURRENT,
    );
  }
  if (role === 'engine' && !WebAssembly.validate(SIMD)) {
    return new PlatformError(
      'ModelError',
      'This browser or its processor has no WebAssembly SIMD, which speech recognition needs.',
      'Use a current browser or another device; everything already transcribed stays readable.',
    );
  }
  return null;
}
