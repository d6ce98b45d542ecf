/** How loud a recording is: one byte every 20 ms, for the timeline and for skipping silence. */

/** Seconds of a peak. */
const PEAK_S = 0.02;
const START_BYTES = 4096;
const LOUDEST = 255;

/** Fill it with `add` in the recording's order. */
export class Peaks {
  /** @param {number} rateHz */
  constructor(rateHz) {
    this.size = Math.round(rateHz * PEAK_S);
    this.bytes = new Uint8Array(START_BYTES);
    this.count = 0;
    /** Of the peak that is not complete. */
    this.loudest = 0;
    this.samples = 0;
  }

  /** @param {Float32Array} samples */
  add(samples) {
    for (let index = 0; index < samples.length; index++) {
      const level = Math.abs(samples[index]);
      if (level > this.loudest) {
        this.loudest = level;
      }
      if (++this.samples === this.size) {
        this.close();
      }
    }
  }

  /** @returns {Uint8Array} The square root of each peak, as a part of 255; a copy. */
  take() {
    if (this.samples) {
      this.close();
    }
    return this.bytes.slice(0, this.count);
  }

  close() {
    if (this.count === this.bytes.length) {
      const longer = new Uint8Array(2 * this.bytes.length);
      longer.set(this.bytes);
      this.bytes = longer;
    }
    this.bytes[this.count++] = Math.round(LOUDEST * Math.sqrt(Math.min(1, this.loudest)));
    this.loudest = 0;
    this.samples = 0;
  }
}
