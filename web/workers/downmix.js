/** Several channels to one. */

/** Weights by channel count, in the order WebCodecs gives: L R C LFE and surrounds. */
const WEIGHTS = /** @type {Record<number, number[]>} */ ({
  3: [0.5, 0.5, 0.7],
  5: [0.5, 0.5, 0.7, 0.35, 0.35],
  6: [0.5, 0.5, 0.7, 0, 0.35, 0.35],
  7: [0.5, 0.5, 0.7, 0, 0.35, 0.35, 0.35],
  8: [0.5, 0.5, 0.7, 0, 0.35, 0.35, 0.35, 0.35],
});
/** Below this share of the channels' power, the sum of two channels has cancelled itself out. */
const CANCELLED = 0.02;

/**
 * The mono form of one decoded piece.
 *
 * @param {import('mediabunny').AudioSample} sample
 * @returns {Float32Array}
 */
export function monoOf(sample) {
  const planes = Array.from({ length: sample.numberOfChannels }, (_, planeIndex) => {
    const plane = new Float32Array(sample.numberOfFrames);
    sample.copyTo(plane, { planeIndex, format: 'f32-planar' });
    return plane;
  });
  return mix(planes);
}

/**
 * @param {Float32Array[]} planes One a channel.
 * @returns {Float32Array}
 */
export function mix(planes) {
  if (planes.length === 1) {
    return planes[0];
  }
  const weights = WEIGHTS[planes.length] ?? Array(planes.length).fill(1 / planes.length);
  const mono = new Float32Array(planes[0].length);
  for (const [channel, plane] of planes.entries()) {
    const weight = weights[channel];
    for (let frame = 0; frame < mono.length; frame++) {
      mono[frame] += weight * plane[frame];
    }
  }
  return planes.length === 2 ? unlessCancelled(mono, planes) : mono;
}

/**
 * Two channels of opposite sign (a cable soldered the wrong way) sum to nothing: take one.
 *
 * @param {Float32Array} mono
 * @param {Float32Array[]} planes
 */
function unlessCancelled(mono, planes) {
  const [left, right] = planes.map(power);
  if (power(mono) >= (CANCELLED * (left + right)) / 2) {
    return mono;
  }
  return left >= right ? planes[0] : planes[1];
}

/** @param {Float32Array} samples */
function power(samples) {
  let sum = 0;
  for (const sample of samples) {
    sum += sample * sample;
  }
  return sum;
}
