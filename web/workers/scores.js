/** Arithmetic on a step's logits, for graphs that leave the choice of the token to Python. */

/**
 * Log-mel spectrograms of windows, each padded to the model's 30 s.
 *
 * @param {any} transformers
 * @param {(samples: Float32Array) => Promise<{input_features: any}>} processor
 * @param {Float32Array[]} windows
 */
export async function features(transformers, processor, windows) {
  const rows = [];
  for (const samples of windows) {
    rows.push((await processor(samples)).input_features);
  }
  return transformers.cat(rows, 0);
}

/**
 * Largest logit, its token, and the log-sum-exp of each range of tokens.
 *
 * @param {{data: Float32Array, dims: number[]}} logits [rows, positions, vocabulary]
 * @param {number} place Row and position, counted through.
 * @param {{data: Float32Array}} bias
 * @param {number[]} ranges start, stop, start, stop …
 * @returns {Float64Array} max, token, log-sum-exp for each range.
 */
export function scores(logits, place, bias, ranges) {
  const row = rowOf(logits, place);
  const result = new Float64Array((ranges.length / 2) * 3);
  for (let range = 0; range < ranges.length / 2; range++) {
    let most = Number.NEGATIVE_INFINITY;
    let best = ranges[2 * range];
    for (let token = ranges[2 * range]; token < ranges[2 * range + 1]; token++) {
      const value = row[token] + bias.data[token];
      if (value > most) {
        most = value;
        best = token;
      }
    }
    let sum = 0;
    for (let token = ranges[2 * range]; token < ranges[2 * range + 1]; token++) {
      sum += Math.exp(row[token] + bias.data[token] - most);
    }
    result.set([most, best, sum ? most + Math.log(sum) : most], 3 * range);
  }
  return result;
}

/**
 * Draw a token of the ranges by the inverse of the cumulative distribution.
 *
 * @param {{data: Float32Array, dims: number[]}} logits
 * @param {number} place
 * @param {{data: Float32Array}} bias
 * @param {number[]} ranges
 * @param {number} temperature
 * @param {number} uniform In [0, 1).
 * @returns {number[]} The token and its logit.
 */
export function draw(logits, place, bias, ranges, temperature, uniform) {
  const row = rowOf(logits, place);
  const most = Math.max(...scores(logits, place, bias, ranges).filter((_, i) => i % 3 === 0));
  const weight = (/** @type {number} */ token) =>
    Math.exp((row[token] + bias.data[token] - most) / temperature);
  let left = uniform * sumOver(ranges, weight);
  let last = ranges[0];
  for (let range = 0; range < ranges.length; range += 2) {
    for (let token = ranges[range]; token < ranges[range + 1]; token++) {
      const share = weight(token);
      if (share > 0) {
        last = token;
        left -= share;
        if (left < 0) {
          return [token, row[token] + bias.data[token]];
        }
      }
    }
  }
  return [last, row[last] + bias.data[last]];
}

/**
 * @param {number[]} ranges
 * @param {(token: number) => number} value
 */
function sumOver(ranges, value) {
  let sum = 0;
  for (let range = 0; range < ranges.length; range += 2) {
    for (let token = ranges[range]; token < ranges[range + 1]; token++) {
      sum += value(token);
    }
  }
  return sum;
}

/**
 * @param {{data: Float32Array, dims: number[]}} logits
 * @param {number} place
 */
function rowOf(logits, place) {
  const size = logits.dims[2];
  return logits.data.subarray(place * size, (place + 1) * size);
}
