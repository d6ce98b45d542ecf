/** One unbroken line of samples of one rate from decoded pieces: a sample's index is its time. */

/** Silence is made in pieces of at most this. */
const SILENCE_S = 1;

/** @import { Clock } from './clock.js' */

/**
 * @typedef {object} Resampling
 * @property {(samples: Float32Array) => Float32Array} push
 * @property {() => Float32Array} finish
 */

/** Fill it with `add`, then take from it with `take`. */
export class Timeline {
  /**
   * @param {Clock} clock
   * @param {(rateHz: number) => Resampling} makeResampler
   */
  constructor(clock, makeResampler) {
    this.clock = clock;
    this.makeResampler = makeResampler;
    /** @type {Float32Array[]} */
    this.pieces = [];
    /** Sample index of the first piece's first sample. */
    this.start = 0;
    /** Sample index after the last piece. */
    this.end = 0;
    /** @type {Resampling | null} */
    this.resampler = null;
    this.rateHz = 0;
    /** Seconds of silence put in and of sound cut. */
    this.movedS = 0;
  }

  /**
   * Begin elsewhere, before anything was added.
   *
   * @param {number} atS
   * @param {number} rateHz Of the line.
   */
  startAt(atS, rateHz) {
    this.clock.originS = atS;
    this.start = Math.round(atS * rateHz);
    this.end = this.start;
  }

  /**
   * @param {Float32Array} mono
   * @param {number} rateHz
   * @param {number} atS Its time; NaN where the file does not say.
   */
  add(mono, rateHz, atS) {
    if (rateHz !== this.rateHz || !this.resampler) {
      this.finish();
      this.resampler = this.makeResampler(rateHz);
      this.rateHz = rateHz;
    }
    const { silence, cut } = this.clock.place(mono.length, rateHz, atS);
    this.movedS += (silence + cut) / rateHz;
    const most = SILENCE_S * rateHz;
    for (let left = silence; left > 0; left -= most) {
      this.append(this.resampler.push(new Float32Array(Math.min(left, most))));
    }
    if (cut < mono.length) {
      this.append(this.resampler.push(mono.subarray(cut)));
    }
  }

  /** The stream ends here: bring out what the resampler still holds. */
  finish() {
    if (this.resampler) {
      this.append(this.resampler.finish());
      this.resampler = null;
    }
  }

  /** @param {Float32Array} samples */
  append(samples) {
    if (!samples.length) {
      return;
    }
    for (let index = 0; index < samples.length; index++) {
      const value = samples[index];
      if (value > 1 || value < -1) {
        samples[index] = Math.sign(value);
      }
    }
    this.pieces.push(samples);
    this.end += samples.length;
  }

  /** @param {number} index Forget what lies before it. */
  dropBefore(index) {
    let count = 0;
    while (count < this.pieces.length && this.start + this.pieces[count].length <= index) {
      this.start += this.pieces[count].length;
      count++;
    }
    if (count) {
      this.pieces.splice(0, count);
    }
  }

  /**
   * @param {number} from
   * @param {number} to
   * @returns {Float32Array} A copy, shorter where the line ends.
   */
  take(from, to) {
    const output = new Float32Array(
      Math.max(0, Math.min(to, this.end) - Math.max(from, this.start)),
    );
    let at = this.start;
    for (const piece of this.pieces) {
      const first = Math.max(from, at);
      const last = Math.min(to, at + piece.length);
      if (first < last) {
        output.set(piece.subarray(first - at, last - at), first - Math.max(from, this.start));
      }
      at += piece.length;
      if (at >= to) {
        break;
      }
    }
    return output;
  }
}
