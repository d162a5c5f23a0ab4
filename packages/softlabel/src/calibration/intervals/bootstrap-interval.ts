import { ArgumentError } from "../../core/argument-error.ts";
import { describe } from "../../core/describe.ts";
import { normalCdf, normalQuantile } from "../../statistics/normal.ts";
import { readOptions } from "../../statistics/read-options.ts";

/** How the ends are read off the resampled values. */
export type BootstrapMethod = "bias-bounded" | "basic" | "percentile" | "bias-corrected";

/** An interval, and all that it depends on. */
export interface BootstrapInterval {
  /** The quantity of the rows themselves; a basic interval of a biased quantity may lie beside it. */
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
   * - `"bias-bounded"` (default): [2θ̂ − q(high) − √2·b⁺ − b⁻, 2θ̂ − q(low) + b⁺ + √2·b⁻], never beside θ̂; b⁺ and b⁻ say
   *   how far the mean of the resampled values lies above θ̂, or below, beyond two of its standard errors. Where it does
   *   not, as of a mean, this is the basic interval. Else it allows for every bias of θ̂ between none and 1 + √2 times
   *   that of resampling, which is the bias of a sum of |gaps| whose true gaps are 0:
   *   E|N(0, σ²)| = (1 + √2)·(E|N(0, 2σ²)| − E|N(0, σ²)|).
   * - `"basic"`: [2θ̂ − q(high), 2θ̂ − q(low)]. Takes the bias of resampling off the estimate as if it were that of
   *   sampling (Davison and Hinkley 1997, §5.2.1), so it may lie beside θ̂; of a small ECE it takes off too little
   *   or too much.
   * - `"percentile"`: [q(low), q(high)]. Right where the estimate has no bias; of ECE it lies too high, by twice the
   *   bias, and often above the estimate itself.
   * - `"bias-corrected"`: q at Φ(2z₀ ± z), z₀ = Φ⁻¹(share of resampled values below θ̂, ties by half) (Efron 1981). For
   *   medium bias; where the estimate is below all resampled values, both ends are their smallest.
   *
   * Where one is infinite, as an NLL of a probability of 0, the ends are those of `"percentile"`; where one is NaN, the
   * quantity has no value for some draw and the ends are NaN.
   */
  readonly method?: BootstrapMethod;
  /**
   * Values that the quantity can have; all by default. Of a share [0, 1], of the difference of two shares [−1, 1].
   *
   * The first two methods do not keep to it by themselves. An end beyond it is moved to the nearest value, which takes
   * from the interval only what cannot be true: it holds the truth as often as before.
   */
  readonly range?: readonly [low: number, high: number];
}

/** @throws {@link ArgumentError} if an option is out of range. */
export function requireIntervalOptions(options: IntervalOptions): Required<IntervalOptions> {
  const { level = 0.95, method = "bias-bounded", range = [-Infinity, Infinity] } = readOptions(options);
  if (!(typeof level === "number" && level > 0 && level < 1))
    throw new ArgumentError(`level must be in (0, 1), got ${describe(level)}`);
  if (!methods.has(method)) {
    throw new ArgumentError(`method must be one of "${[...methods].join('", "')}", got ${describe(method)}`);
  }
  if (!(range[0] <= range[1])) {
    throw new ArgumentError(`range must be [low, high] in this order, got [${range[0]}, ${range[1]}]`);
  }
  return { level, method, range };
}

const methods: ReadonlySet<BootstrapMethod> = new Set(["bias-bounded", "basic", "percentile", "bias-corrected"]);

/** The ends of the interval of an estimate and its resampled values, and their spread. */
export function readInterval(
  estimate: number,
  resampled: Float64Array,
  { level, method, range }: Required<IntervalOptions>,
): Pick<BootstrapInterval, "low" | "high" | "standardError" | "bias"> {
  const ascending = Float64Array.from(resampled).sort();
  // From the smallest, so that equal values have exactly themselves as their mean.
  const mean = ascending.reduce((sum, value) => sum + (value - ascending[0]), 0) / ascending.length + ascending[0];
  const squares = ascending.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const standardError = ascending.length > 1 ? Math.sqrt(squares / (ascending.length - 1)) : 0;
  const [low, high] = ends({ estimate, mean, standardError, ascending }, level, method);
  const within = (end: number): number => Math.min(range[1], Math.max(range[0], end));
  return { low: within(low), high: within(high), standardError, bias: mean - estimate };
}

interface Draws {
  readonly estimate: number;
  readonly mean: number;
  readonly standardError: number;
  readonly ascending: Float64Array;
}

function ends(
  { estimate, mean, standardError, ascending }: Draws,
  level: number,
  method: BootstrapMethod,
): [number, number] {
  // Sorting puts NaN last, where the quantiles would pass it over.
  if (Number.isNaN(estimate) || Number.isNaN(ascending[ascending.length - 1])) return [Number.NaN, Number.NaN];
  const tail = (1 - level) / 2;
  const [low, high] = [quantile(ascending, tail), quantile(ascending, 1 - tail)];
  // ∞ − ∞ has no value.
  if (method === "percentile" || !Number.isFinite(mean - estimate)) return [low, high];
  const basic: [number, number] = [2 * estimate - high, 2 * estimate - low];
  if (method === "basic") return basic;
  if (method === "bias-bounded") {
    const noise = (2 * standardError) / Math.sqrt(ascending.length);
    const above = Math.max(0, mean - estimate - noise);
    const below = Math.max(0, estimate - mean - noise);
    return [
      Math.min(estimate, basic[0] - Math.SQRT2 * above - below),
      Math.max(estimate, basic[1] + above + Math.SQRT2 * below),
    ];
  }
  let below = 0;
  for (const value of ascending) below += value < estimate ? 1 : value === estimate ? 0.5 : 0;
  const center = 2 * normalQuantile(below / ascending.length);
  const z = normalQuantile(tail);
  return [quantile(ascending, normalCdf(center + z)), quantile(ascending, normalCdf(center - z))];
}

/** Linear between the order statistics: NumPy's default, type 7 of Hyndman and Fan. */
function quantile(ascending: Float64Array, probability: number): number {
  const at = probability * (ascending.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, ascending.length - 1);
  if (at === below || ascending[below] === ascending[above]) return ascending[below];
  return ascending[below] + (at - below) * (ascending[above] - ascending[below]);
}
