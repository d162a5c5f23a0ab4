import { ArgumentError } from "../../core/argument-error.ts";
import { describe } from "../../core/describe.ts";
import { normalCdf, normalQuantile } from "../../statistics/normal.ts";

/** How the ends are read off the resampled values. */
export type BootstrapMethod = "basic" | "percentile" | "bias-corrected";

/** An interval, and all that it depends on. */
export interface BootstrapInterval {
  /** The quantity of the rows themselves. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly level: number;
  readonly method: BootstrapMethod;
  readonly resamples: number;
  readonly seed: number;
  /** Standard deviation of the resampled values; 0 for one resample. */
  readonly standardError: number;
  /** Mean of the resampled values minus the estimate: what resampling adds, and sampling probably added before. */
  readonly bias: number;
}

/** What an interval is read by. */
export interface IntervalOptions {
  /** Share of samples whose interval should hold the truth, in (0, 1); 0.95 by default. */
  readonly level?: number;
  /**
   * With θ̂ the estimate and q the quantiles of the resampled values:
   *
   * - `"basic"` (default): [2θ̂ − q(high), 2θ̂ − q(low)]. Takes the bias of resampling off the estimate, as a quantity
   *   that is biased up by chance needs: ECE above all.
   * - `"percentile"`: [q(low), q(high)]. Right where the estimate has no bias; of ECE it lies too high, by twice the
   *   bias, and often above the estimate itself.
   * - `"bias-corrected"`: q at Φ(2z₀ ± z), z₀ = Φ⁻¹(share of resampled values below θ̂, ties by half) (Efron 1981). For
   *   medium bias; where the estimate is below all resampled values, both ends are their smallest.
   */
  readonly method?: BootstrapMethod;
  /** Values that the quantity can have: an end beyond them is moved to the nearest. All by default. */
  readonly range?: readonly [low: number, high: number];
}

/** @throws {@link ArgumentError} if an option is out of range. */
export function requireIntervalOptions(options: IntervalOptions): Required<IntervalOptions> {
  const { level = 0.95, method = "basic", range = [-Infinity, Infinity] } = options;
  if (!(level > 0 && level < 1)) throw new ArgumentError(`level must be in (0, 1), got ${describe(level)}`);
  if (method !== "basic" && method !== "percentile" && method !== "bias-corrected") {
    throw new ArgumentError(`method must be "basic", "percentile" or "bias-corrected", got ${describe(method)}`);
  }
  if (!(range[0] <= range[1])) {
    throw new ArgumentError(`range must be [low, high] in this order, got [${range[0]}, ${range[1]}]`);
  }
  return { level, method, range };
}

/** The ends of the interval of an estimate and its resampled values, and their spread. */
export function readInterval(
  estimate: number,
  resampled: Float64Array,
  { level, method, range }: Required<IntervalOptions>,
): Pick<BootstrapInterval, "low" | "high" | "standardError" | "bias"> {
  const ascending = Float64Array.from(resampled).sort();
  const [low, high] = ends(estimate, ascending, level, method);
  const within = (end: number): number => Math.min(range[1], Math.max(range[0], end));
  const mean = ascending.reduce((sum, value) => sum + value, 0) / ascending.length;
  const squares = ascending.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const standardError = ascending.length > 1 ? Math.sqrt(squares / (ascending.length - 1)) : 0;
  return { low: within(low), high: within(high), standardError, bias: mean - estimate };
}

function ends(estimate: number, ascending: Float64Array, level: number, method: BootstrapMethod): [number, number] {
  const tail = (1 - level) / 2;
  if (method === "bias-corrected") {
    let below = 0;
    for (const value of ascending) below += value < estimate ? 1 : value === estimate ? 0.5 : 0;
    const center = 2 * normalQuantile(below / ascending.length);
    const z = normalQuantile(tail);
    return [quantile(ascending, normalCdf(center + z)), quantile(ascending, normalCdf(center - z))];
  }
  const [low, high] = [quantile(ascending, tail), quantile(ascending, 1 - tail)];
  return method === "percentile" ? [low, high] : [2 * estimate - high, 2 * estimate - low];
}

/** Linear between the order statistics: NumPy's default, type 7 of Hyndman and Fan. */
function quantile(ascending: Float64Array, probability: number): number {
  const at = probability * (ascending.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, ascending.length - 1);
  if (at === below || ascending[below] === ascending[above]) return ascending[below];
  return ascending[below] + (at - below) * (ascending[above] - ascending[below]);
}
