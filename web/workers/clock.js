/**
 * Where decoded pieces lie on the recording's line of samples. server/earwitness_server/media/
 * clock.py is its twin; tests/fixtures/clock-cases.json holds the cases that both must solve.
 */

/** A longer gap between pieces is silence; timestamps of many containers are rounded. */
const GAP_S = 0.05;
/** A longer overlap is cut. A shorter one is jitter, and a cut would lose sound. */
const OVERLAP_S = 0.1;
/** A timestamp this close to the first one, after others, begins a joined recording. */
const RESTART_S = 0.25;
/** A longer way back is a clock that was set anew. */
const BACK_MAX_S = 10;
/** A longer way ahead is a clock that was set anew. */
const LEAP_MAX_S = 3600;
/** The same in containers whose clock is not the recording's own. */
const BROADCAST_LEAP_MAX_S = 60;
const BROADCAST = new Set(['mpegts', 'mpeg', 'ogg']);
/** A recording whose first packet is later than this was cut out of a longer one. */
const START_MAX_S = 60;
/** A start before this is the codec's delay. */
const DELAY_MAX_S = 0.1;
/** What may be missing at the end before a file counts as cut off: rounding and padding. */
const MISSING_S = 1;
const MISSING_SHARE = 0.01;
/**
 * Container and codec -> samples before the recording begins, where the file does not say so: the
 * delay of LAME and of every MP3 decoder, of MP2, and one frame of AAC.
 *
 * @type {Record<string, number>}
 */
const PRIMING = { 'mp3 mp3': 576 + 529, 'mp3 mp2': 481, 'aac aac': 1024 };

/**
 * @param {string} container FFmpeg's name of the demuxer.
 * @param {string} codec FFmpeg's name of the track's codec.
 * @param {number} earliestS The start of the earliest stream; NaN where it is not known.
 * @param {number} rateHz Of the track.
 * @returns {number} When the recording begins, on the container's clock.
 */
export function startOf(container, codec, earliestS, rateHz) {
  const startS = earliestS || 0;
  if (!startS) {
    return (PRIMING[`${container} ${codec}`] ?? 0) / rateHz;
  }
  const ours = startS <= START_MAX_S;
  if (container.startsWith('matroska')) {
    return ours ? 0 : startS;
  }
  if (container.startsWith('mov')) {
    return ours && startS > DELAY_MAX_S ? 0 : startS;
  }
  return startS;
}

/**
 * @param {number} promisedS The length that the file tells.
 * @param {number} reachesS How far its sound, or another stream, goes.
 * @returns {boolean} Whether the file ends before it should.
 */
export function isCutOff(promisedS, reachesS) {
  return promisedS - reachesS > Math.max(MISSING_S, promisedS * MISSING_SHARE);
}

/** Places pieces, in the order of decoding, by their own timestamps. */
export class Clock {
  /** @param {string} container */
  constructor(container) {
    this.leapS = BROADCAST.has(container) ? BROADCAST_LEAP_MAX_S : LEAP_MAX_S;
    this.originS = 0;
    this.samples = 0;
    this.rateHz = 0;
    this.firstS = Number.NaN;
    this.shiftS = 0;
    this.cutting = false;
  }

  /** The end of the line. */
  get endS() {
    return this.originS + (this.samples ? this.samples / this.rateHz : 0);
  }

  /**
   * Append a piece.
   *
   * @param {number} samples
   * @param {number} rateHz
   * @param {number} atS Its time from the recording's start; NaN where the file does not say. What
   *   lies before 0 is cut.
   * @returns {{ silence: number, cut: number }} Samples of silence to append first, and samples to
   *   leave out at the piece's beginning.
   */
  place(samples, rateHz, atS) {
    if (rateHz !== this.rateHz) {
      this.originS = this.endS;
      this.samples = 0;
      this.rateHz = rateHz;
    }
    const place = Number.isNaN(atS) ? { silence: 0, cut: 0 } : this.byTime(samples, atS);
    const kept = samples - place.cut;
    this.cutting = kept === 0;
    if (kept && Number.isNaN(this.firstS)) {
      this.firstS = atS;
    }
    this.samples += place.silence + kept;
    return place;
  }

  /**
   * @param {number} samples
   * @param {number} atS
   */
  byTime(samples, atS) {
    const gapS = atS + this.shiftS - this.endS;
    const began = this.endS > 0;
    if (began && this.isNewClock(gapS, atS)) {
      this.shiftS -= gapS;
      this.firstS = atS;
      return { silence: 0, cut: 0 };
    }
    const gap = Math.round(gapS * this.rateHz);
    if (gapS > (began ? GAP_S : 0)) {
      return { silence: gap, cut: 0 };
    }
    // An overlap that was found is cut to its end.
    if (gapS < -(began && !this.cutting ? OVERLAP_S : 0)) {
      return { silence: 0, cut: Math.min(samples, -gap) };
    }
    return { silence: 0, cut: 0 };
  }

  /**
   * @param {number} gapS
   * @param {number} atS
   */
  isNewClock(gapS, atS) {
    if (gapS > this.leapS || gapS < -BACK_MAX_S) {
      return true;
    }
    return gapS < -OVERLAP_S && atS <= this.firstS + RESTART_S;
  }
}
