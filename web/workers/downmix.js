/** Several channels to one, by mixing or by choice. server/earwitness_server/media/mono.py is its twin. */

const CENTRE = 2;
/** FFmpeg's number of a channel's place -> its weight: left, right, centre, low frequency. */
const WEIGHTS = new Map([
  [0, 0.5],
  [1, 0.5],
  [CENTRE, 0.7],
  [3, 0],
  [35, 0],
]);
const LOW_FREQUENCY = new Set([3, 35]);
/** The weight of every other channel beside a centre. */
const SURROUND = 0.35;
/** Below this share of two channels' power, their sum has cancelled itself out. */
const CANCELLED = 0.02;

/**
 * @param {number[]} places FFmpeg's numbers of the channels' places.
 * @returns {number[]} The weight of each channel.
 */
export function weightsOf(places) {
  if (places.includes(CENTRE) && places.length > 1) {
    return places.map((place) => WEIGHTS.get(place) ?? SURROUND);
  }
  const heard = places.map((place) => (LOW_FREQUENCY.has(place) ? 0 : 1));
  const sum = heard.reduce((/** @type {number} */ total, each) => total + each, 0) || 1;
  return heard.map((each) => each / sum);
}

/**
 * @param {Float32Array[]} planes One a channel.
 * @param {number[]} places
 * @returns {Float32Array} A copy: the planes may be the decoder's memory.
 */
export function mix(planes, places) {
  if (planes.length === 1) {
    return planes[0].slice();
  }
  const weights = weightsOf(places);
  const mono = new Float32Array(planes[0].length);
  for (const [channel, plane] of planes.entries()) {
    const weight = weights[channel];
    if (!weight) {
      continue;
    }
    for (let index = 0; index < mono.length; index++) {
      mono[index] += weight * plane[index];
    }
  }
  return planes.length === 2 ? unlessCancelled(mono, planes) : mono;
}

/**
 * @param {Float32Array[]} planes One a channel.
 * @param {number} channel
 * @returns {Float32Array} A copy of one channel; silence where the piece lacks it.
 */
export function only(planes, channel) {
  return planes[channel]?.slice() ?? new Float32Array(planes[0].length);
}

/**
 * Two channels of opposite sign, from a cable soldered wrong, sum to nothing: take one.
 *
 * @param {Float32Array} mono
 * @param {Float32Array[]} planes
 */
function unlessCancelled(mono, planes) {
  const [left, right] = planes.map(power);
  if (power(mono) >= (CANCELLED * (left + right)) / 2) {
    return mono;
  }
  return (left >= right ? planes[0] : planes[1]).slice();
}

/** @param {Float32Array} samples */
function power(samples) {
  let sum = 0;
  for (let index = 0; index < samples.length; index++) {
    sum += samples[index] * samples[index];
  }
  return sum;
}
