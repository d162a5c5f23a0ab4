// How often intervals of the calibration error hold it: samples whose error is known, each with the interval of every
// kind from the same resamples. Not a time: the same seeds give the same numbers on every machine.
import { expectedCalibrationError } from "../../packages/softlabel/dist/calibration/index.js";
import { readInterval } from "../../packages/softlabel/dist/calibration/intervals/bootstrap-interval.js";
import { consistencyTest } from "../../packages/softlabel/dist/calibration/intervals/consistency-test.js";
import { seededRandom } from "../../packages/softlabel/dist/statistics/random.js";
import { bins, outcomesOf, sizes } from "./given.js";

const samples = 500;
const resamples = 200;
const level = 0.95;
const methods = ["percentile", "bias-corrected", "basic", "bias-bounded"];

/** The shares of every truth at every size; `seeds` are the first of the samples and of their resamples. */
export function measureCoverage({ distribution, truths, seeds }) {
  const cells = [];
  for (const rows of sizes) {
    for (const truth of truths) {
      const cell = { rows, ...truth, ...cover({ rows, distribution, ...truth }, seeds) };
      cells.push(cell);
      const shares = Object.entries(cell.kinds).map(([name, { held }]) => `${name} ${held}`);
      console.log(`${rows} rows, ${truth.gap} ${truth.sign}: rejected ${cell.rejected}, ${shares.join(", ")}`);
    }
  }
  const unit = "share of samples whose interval holds the true error";
  return { unit, distribution, level, samples, resamples, seeds, bins, cells };
}

/** Share of the samples whose interval holds the gap, and its mean ends, by kind; how often calibration is rejected. */
function cover(given, seeds) {
  const { gap } = given;
  const sums = {};
  let rejected = 0;
  let outside = 0;
  let estimate = 0;
  for (let sample = 0; sample < samples; sample++) {
    const outcomes = outcomesOf({ ...given, seed: seeds.samples + sample });
    const { ends, isRejected, value } = intervalsOf(outcomes, seeds.resamples + sample);
    if (isRejected) rejected++;
    estimate += value;
    for (const [name, [low, high]] of Object.entries(ends)) {
      // Where the gaps of the bins differ, the l2 error is another number.
      if (given.sign === "proportional" && !methods.includes(name)) continue;
      sums[name] ??= { held: 0, low: 0, high: 0 };
      if (low <= gap && gap <= high) sums[name].held++;
      sums[name].low += low;
      sums[name].high += high;
    }
    if (value < ends.basic[0] || value > ends.basic[1]) outside++;
  }
  const share = (sum) => Number((sum / samples).toFixed(4));
  const kinds = Object.fromEntries(
    Object.entries(sums).map(([name, { held, low, high }]) => [
      name,
      { held: share(held), low: share(low), high: share(high) },
    ]),
  );
  return { estimate: share(estimate), rejected: share(rejected), estimateOutsideBasic: share(outside), kinds };
}

function intervalsOf(outcomes, seed) {
  const { rows, errorsOf } = binned(outcomes);
  const own = errorsOf(new Uint32Array(rows).fill(1));
  const value = expectedCalibrationError(outcomes, { bins });
  if (Math.abs(own.l1 - value) > 1e-12) throw new Error(`the binned error must be ${value}, got ${own.l1}`);

  const drawn = { l1: new Float64Array(resamples), debiased: new Float64Array(resamples) };
  const { below } = seededRandom(seed);
  const counts = new Uint32Array(rows);
  for (let r = 0; r < resamples; r++) {
    counts.fill(0);
    for (let row = 0; row < rows; row++) counts[below(rows)]++;
    const errors = errorsOf(counts);
    drawn.l1[r] = errors.l1;
    drawn.debiased[r] = errors.debiased;
  }
  const read = (estimate, values, method, range) => {
    const { low, high } = readInterval(estimate, values, { level, method, range });
    return [low, high];
  };
  const ends = Object.fromEntries(methods.map((method) => [method, read(own.l1, drawn.l1, method, [0, 1])]));

  const metric = (given) => expectedCalibrationError(given, { bins });
  const { p } = consistencyTest(outcomes, metric, { resamples, seed: seed + 2 ** 24 });

  // Debiased squares: about their own estimate, and about the plain one, which is the truth of what is resampled.
  const rooted = ([low, high]) => [Math.sqrt(Math.max(0, low)), Math.sqrt(Math.max(0, high))];
  const all = [-Infinity, Infinity];
  ends["debiased l2"] = rooted(read(own.debiased, drawn.debiased, "basic", all));
  const centred = drawn.debiased.map((square) => square - own.plain + own.debiased);
  ends["debiased l2, centred"] = rooted(read(own.debiased, centred, "basic", all));
  return { ends, isRejected: p <= 1 - level, value };
}

/** The errors over bins of rows that are there `counts[i]` times: sums over the rows, then over the bins. */
function binned({ confidence, correct }) {
  const rows = confidence.length;
  // Bins are (lo, hi].
  const bin = Uint8Array.from(confidence, (c) => Math.max(0, Math.ceil(c * bins) - 1));
  const errorsOf = (counts) => {
    const [n, sum, right] = [0, 1, 2].map(() => new Float64Array(bins));
    for (let row = 0; row < rows; row++) {
      const b = bin[row];
      n[b] += counts[row];
      sum[b] += counts[row] * confidence[row];
      right[b] += counts[row] * correct[row];
    }
    const errors = { l1: 0, plain: 0, debiased: 0 };
    for (let b = 0; b < bins; b++) {
      if (n[b] === 0) continue;
      const accuracy = right[b] / n[b];
      const gap = accuracy - sum[b] / n[b];
      errors.l1 += (n[b] / rows) * Math.abs(gap);
      errors.plain += (n[b] / rows) * gap * gap;
      if (n[b] > 1) errors.debiased += (n[b] / rows) * (gap * gap - (accuracy * (1 - accuracy)) / (n[b] - 1));
    }
    return errors;
  };
  return { rows, errorsOf };
}
