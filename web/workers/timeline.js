/**
 * One unbroken line of 16 kHz samples from decoded pieces that carry their own times: gaps are
 * filled with silence, overlaps are cut, so that a sample's index is its time in the recording.
 */

import { SAMPLE_RATE_HZ } from '../generated/constants.js';
import { Resampler } from './resampler.js';

/** Timestamps of many containers are rounded: less than this is no gap. */
const TOLERANCE_S = 0.05;
/** A longer gap, or a longer way back, is a clock that was set anew: go on without a gap. */
const GAP_MAX_S = 3600;
const BACK_MAX_S = 10;
/** Silence is made in pieces of at most this. */
const SILENCE_S = 10;

/** Fill it with `add`, then take from it with `take`. */
export class Timeline {
  constructor() {
    /** @type {Float32Array[]} */
    this.pieces = [];
    /** Sample index of the first piece's first sample. */
    this.start = 0;
    /** Sample index after the last piece. */
    this.end = 0;
    /** @type {Resampler | null} */
    this.resampler = null;
    this.rateHz = 0;
    /** Frames given to the resampler, counted at the file's rate. */
    this.frames = 0;
    /** Where the resampler's stream began. */
    this.originS = 0;
    /** Added to the pieces' own times since their clock was set anew. */
    this.shiftS = 0;
  }

  /**
   * @param {Float32Array} mono
   * @param {number} rateHz
   * @param {number} atS Its time; what lies before 0 is cut.
   */
  add(mono, rateHz, atS) {
    if (rateHz !== this.rateHz) {
      this.finish();
      this.originS = this.end / SAMPLE_RATE_HZ;
      this.resampler = new Resampler(rateHz, SAMPLE_RATE_HZ);
      this.rateHz = rateHz;
      this.frames = 0;
    }
    const gapS = atS + this.shiftS - this.originS - this.frames / rateHz;
    const gap = Math.round(gapS * rateHz);
    // At the very beginning there is nothing yet that a rounded time could fail to meet.
    const toleranceS = this.frames || this.end ? TOLERANCE_S : 0;
    if (gapS < -BACK_MAX_S || gapS > GAP_MAX_S) {
      this.shiftS -= gapS;
      this.push(mono);
    } else if (gapS < -toleranceS) {
      this.push(mono.subarray(Math.min(mono.length, -gap)));
    } else {
      this.silence(gapS > toleranceS ? gap : 0);
      this.push(mono);
    }
  }

  /** The stream ends here: bring out what the resampler still holds. */
  finish() {
    if (this.resampler) {
      this.append(this.resampler.flush());
      this.resampler = null;
      this.rateHz = 0;
    }
  }

  /** @param {number} frames */
  silence(frames) {
    const most = SILENCE_S * this.rateHz;
    for (let left = frames; left > 0; left -= most) {
      this.push(new Float32Array(Math.min(left, most)));
    }
  }

  /** @param {Float32Array} mono At the file's rate. */
  push(mono) {
    this.frames += mono.length;
    this.append(/** @type {Resampler} */ (this.resampler).push(mono));
  }

  /** @param {Float32Array} samples */
  append(samples) {
    if (samples.length) {
      this.pieces.push(samples);
      this.end += samples.length;
    }
  }

  /** @param {number} index Forget what lies before it. */
  dropBefore(index) {
    while (this.pieces.length && this.start + this.pieces[0].length <= index) {
      this.start += /** @type {Float32Array} */ (this.pieces.shift()).length;
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
