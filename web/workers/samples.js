/** Arithmetic on whole arrays of samples, so that none of them ever crosses into Python. */

/**
 * @param {Float32Array} samples
 * @param {number} start
 * @param {number} stop
 */
export function slice(samples, start, stop) {
  return samples.subarray(start, stop);
}

/** @param {Float32Array[]} parts */
export function concatenate(parts) {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Rows of a batch, each padded with silence to the same length.
 *
 * @param {Float32Array[]} windows
 * @param {number} length
 * @returns {Float32Array} [windows, length]
 */
export function batch(windows, length) {
  const rows = new Float32Array(windows.length * length);
  for (const [row, samples] of windows.entries()) {
    rows.set(samples.subarray(0, length), row * length);
  }
  return rows;
}

/**
 * The samples with their first part played backwards in front of them.
 *
 * @param {Float32Array} samples
 * @param {number} length of that part
 * @returns {Float32Array} [length + samples]
 */
export function mirrored(samples, length) {
  return concatenate([samples.slice(0, length).reverse(), samples]);
}

/**
 * Overlapping frames: each with the samples just before it, silence before the first.
 *
 * @param {Float32Array} samples
 * @param {number} size
 * @param {number} context
 * @returns {Float32Array} [ceil(samples / size), context + size]
 */
export function frames(samples, size, context) {
  const count = Math.ceil(samples.length / size);
  const width = context + size;
  const rows = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    const start = row * size;
    const from = Math.max(0, start - context);
    rows.set(samples.subarray(from, start + size), row * width + context - (start - from));
  }
  return rows;
}

/**
 * Root mean square of each frame.
 *
 * @param {Float32Array} samples
 * @param {number} size
 * @returns {Float32Array} [ceil(samples / size)]
 */
export function levels(samples, size) {
  const rows = new Float32Array(Math.ceil(samples.length / size));
  for (let row = 0; row < rows.length; row++) {
    const frame = samples.subarray(row * size, (row + 1) * size);
    let sum = 0;
    for (const value of frame) {
      sum += value * value;
    }
    rows[row] = Math.sqrt(sum / frame.length);
  }
  return rows;
}

/** @param {number} length */
export function silence(length) {
  return new Float32Array(length);
}

/**
 * The same noise every time, to try a graph with.
 *
 * @param {number} length
 */
export function noise(length) {
  const values = new Float32Array(length);
  let state = 1;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[index] = (state / 2 ** 32 - 0.5) / 5;
  }
  return values;
}
