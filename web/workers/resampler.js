/**
 * Band-limited resampling of one channel, streaming: a windowed sinc, one filter a phase.
 *
 * Frequencies above half the output rate are held down by about 80 dB, so a tone above it does not
 * fold into the speech band. Output sample n lies exactly at input time n * from / to, whatever the
 * sizes of the pieces pushed, so the same recording always gives the same samples.
 */

/** Zero crossings of the sinc on each side, counted at the lower of the two rates. */
const CROSSINGS = 24;
/** Kaiser's beta for about 80 dB. */
const BETA = 8;
/** Where the pass band ends, as a part of the lower rate's half. */
const CUTOFF = 0.94;

/** One stream from one rate to another. */
export class Resampler {
  /**
   * @param {number} fromHz
   * @param {number} toHz
   */
  constructor(fromHz, toHz) {
    const divisor = greatestCommonDivisor(fromHz, toHz);
    this.up = toHz / divisor;
    this.down = fromHz / divisor;
    this.half = Math.ceil(CROSSINGS * Math.max(1, fromHz / toHz));
    this.filters = this.up === this.down ? null : designFilters(this.up, this.down, this.half);
    /** Input kept for the next outputs; index 0 is input sample `this.origin`. */
    this.kept = new Float32Array(this.half - 1);
    this.origin = 1 - this.half;
    this.received = 0;
    this.produced = 0;
  }

  /**
   * @param {Float32Array} input
   * @returns {Float32Array} Every output sample that the input so far decides.
   */
  push(input) {
    this.received += input.length;
    if (!this.filters) {
      return input;
    }
    const last = this.received - 1 - this.half;
    return this.produce(input, last < 0 ? 0 : Math.floor((last * this.up) / this.down) + 1);
  }

  /** @returns {Float32Array} The rest, as if silence followed. */
  flush() {
    if (!this.filters) {
      return new Float32Array(0);
    }
    const total = Math.ceil((this.received * this.up) / this.down);
    return this.produce(new Float32Array(this.half + 1), total);
  }

  /**
   * @param {Float32Array} input
   * @param {number} until Outputs of the whole stream that are decided now.
   * @returns {Float32Array}
   */
  produce(input, until) {
    const { up, down, half, filters, origin } = this;
    const line = new Float32Array(this.kept.length + input.length);
    line.set(this.kept);
    line.set(input, this.kept.length);
    const output = new Float32Array(Math.max(0, until - this.produced));
    const taps = 2 * half;
    for (let index = 0; index < output.length; index++) {
      const position = (this.produced + index) * down;
      const first = Math.floor(position / up) - half + 1 - origin;
      const filter = (position % up) * taps;
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) {
        sum += line[first + tap] * /** @type {Float32Array} */ (filters)[filter + tap];
      }
      output[index] = sum;
    }
    this.produced += output.length;
    const next = Math.floor((this.produced * down) / up) - half + 1;
    const drop = Math.min(line.length, Math.max(0, next - origin));
    this.kept = line.slice(drop);
    this.origin = origin + drop;
    return output;
  }
}

/**
 * @param {number} up
 * @param {number} down
 * @param {number} half
 * @returns {Float32Array} [up, 2 * half]
 */
function designFilters(up, down, half) {
  const taps = 2 * half;
  const cutoff = CUTOFF * Math.min(1, up / down);
  const filters = new Float32Array(up * taps);
  for (let phase = 0; phase < up; phase++) {
    const row = new Float64Array(taps);
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const time = tap - half + 1 - phase / up;
      row[tap] = sinc(cutoff * time) * kaiser(time / half);
      sum += row[tap];
    }
    for (let tap = 0; tap < taps; tap++) {
      filters[phase * taps + tap] = row[tap] / sum;
    }
  }
  return filters;
}

/** @param {number} x */
function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** @param {number} x From -1 to 1. */
function kaiser(x) {
  return Math.abs(x) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);
}

/**
 * The modified Bessel function of the first kind, order 0, by its series.
 *
 * @param {number} x
 */
function bessel(x) {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/**
 * @param {number} a
 * @param {number} b
 * @returns {number}
 */
function greatestCommonDivisor(a, b) {
  return b ? greatestCommonDivisor(b, a % b) : a;
}
