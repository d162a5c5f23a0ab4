import type { ConfidenceLevels } from "./confidence-levels.ts";

/**
 * The smooth calibration error as Apple's relplot computes it, on a grid.
 *
 * Rows are shared out between the two nearest points of a grid on [0, 1], which is reflected at both ends, the points 0
 * and 1 once only: mass on them counts half of what the reflection of the exact integral gives it. The smoothed
 * residual and density are read at 200 points or more, the density raised by 1e-4, and the error is the ratio of their
 * sums. The width is the last of ten halvings of [0, 1] that was too large.
 * @see https://github.com/apple/ml-calibration/blob/18ff21a/src/relplot/metrics.py
 */
export function relplotSmoothError(levels: ConfidenceLevels): number {
  let high = 1;
  let low = 0;
  if (smoothedError(levels, 1) > 1) return smoothedError(levels, 1);
  for (let halving = 0; halving < 10; halving++) {
    const width = (high + low) / 2;
    if (width < 0.001 || width < smoothedError(levels, width)) low = width;
    else high = width;
  }
  return smoothedError(levels, high);
}

function smoothedError({ length, confidence, right, wrong }: ConfidenceLevels, width: number): number {
  const points = Math.floor(Math.max(2000, Math.round(20 / width)) / 2) + 1;
  const residuals = new Float64Array(points);
  const masses = new Float64Array(points);
  for (let level = 0; level < length; level++) {
    const tied = right[level] + wrong[level];
    const at = confidence[level] * (points - 1);
    const below = Math.min(Math.floor(at), points - 2);
    const above = at - below;
    const residual = tied * confidence[level] - right[level];
    residuals[below] += (1 - above) * residual;
    residuals[below + 1] += above * residual;
    masses[below] += (1 - above) * tied;
    masses[below + 1] += above * tied;
  }
  const smoothedResiduals = convolveReflected(residuals, width);
  const smoothedMasses = convolveReflected(masses, width);
  const readings = Math.max(Math.round(10 / width), 200);
  let error = 0;
  let density = 0;
  for (let i = 0; i < readings; i++) {
    const t = i / (readings - 1);
    error += Math.abs(interpolate(smoothedResiduals, t));
    density += interpolate(smoothedMasses, t) + 1e-4;
  }
  return error / density;
}

/** With a Gaussian of this width, cut off where it no longer changes a float64. */
function convolveReflected(values: Float64Array, width: number): Float64Array {
  const last = values.length - 1;
  const extended = new Float64Array(3 * last + 1);
  for (let i = 0; i <= 3 * last; i++) extended[i] = values[Math.abs(((i + last) % (2 * last)) - last)];
  const reach = Math.ceil(9 * width * last);
  const first = Math.max(0, Math.floor(last / 2) - reach);
  const end = Math.min(last, Math.ceil(last / 2) + reach);
  const kernel = Float64Array.from(
    { length: end - first + 1 },
    (_, m) => Math.exp(-(((first + m) / last - 0.5) ** 2) / (2 * width * width)) / (Math.sqrt(2 * Math.PI) * width),
  );
  const offset = Math.floor((last + 1) / 2) + last;
  return values.map((_, i) => {
    let sum = 0;
    for (let m = 0; m < kernel.length; m++) sum += extended[offset + i - first - m] * kernel[m];
    return sum;
  });
}

function interpolate(values: Float64Array, t: number): number {
  const at = t * (values.length - 1);
  const below = Math.min(Math.floor(at), values.length - 2);
  return values[below] + (at - below) * (values[below + 1] - values[below]);
}
