/** Several channels to one. */

/** Weights by channel count, in the order WebCodecs gives: L R C LFE and surrounds. */
const WEIGHTS = /** @type {Record<number, number[]>} */ ({
  3: [0.29, 0.29, 0.42],
  5: [0.24, 0.24, 0.34, 0.09, 0.09],
  6: [0.24, 0.24, 0.34, 0, 0.09, 0.09],
  7: [0.23, 0.23, 0.33, 0, 0.07, 0.07, 0.07],
  8: [0.22, 0.22, 0.32, 0, 0.06, 0.06, 0.06, 0.06],
});

/**
 * The mono form of one decoded piece.
 *
 * @param {import('mediabunny').AudioSample} sample
 * @returns {Float32Array}
 */
export function monoOf(sample) {
  const { numberOfChannels: channels, numberOfFrames: frames } = sample;
  const weights = WEIGHTS[channels] ?? Array(channels).fill(1 / channels);
  const plane = new Float32Array(frames);
  const mono = channels === 1 ? plane : new Float32Array(frames);
  for (let channel = 0; channel < channels; channel++) {
    const weight = weights[channel];
    sample.copyTo(plane, { planeIndex: channel, format: 'f32-planar' });
    if (channels > 1) {
      for (let frame = 0; frame < frames; frame++) {
        mono[frame] += weight * plane[frame];
      }
    }
  }
  return mono;
}
