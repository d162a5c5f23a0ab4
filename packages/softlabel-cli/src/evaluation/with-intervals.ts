import { type BinningOptions, bootstrapIntervals } from "softlabel/calibration";
import type { Difference, MeasuredValue } from "./evaluation.ts";
import { jointQuantities } from "./joint-quantities.ts";
import { conventionsOf, type ScoredRows, smoothPoint } from "./scored-rows.ts";

/** How intervals are made. */
export interface ResamplingOptions {
  /** 0 for no intervals. */
  readonly resamples: number;
  readonly seed: number;
  readonly confidenceLevel: number;
}

/** The ends of an interval; null where there is none. */
export interface Ends {
  readonly low: number | null;
  readonly high: number | null;
}

/** The intervals of several sets of scores of the same rows, from one set of draws. */
export interface SetIntervals {
  /** By set, then by metric. */
  readonly values: readonly Readonly<Record<string, Ends>>[];
  /** Each set less the first, by metric; the first's own are left out. */
  readonly differences: readonly Readonly<Record<string, Difference>>[];
}

/**
 * Resamples the rows once for all sets: the first as it is, others with each row mended or by another model.
 *
 * @param sets - one at least, of the same rows in the same order.
 */
export function resampleSets(sets: readonly ScoredRows[], options: ResamplingOptions): SetIntervals {
  const { resamples, seed, confidenceLevel: level } = options;
  const [first, ...others] = sets;
  const width = first.names.length;
  const measured = sets.flatMap((set, i) => set.names.map((name) => `${i} ${name}`));
  const metrics = Object.keys(first.values);
  const changes = others.flatMap((_, i) => metrics.map((name) => `${i} change of ${name}`));
  const joint = jointQuantities(first.rows, [...measured, ...changes], (counts, values) => {
    sets.forEach((set, i) => {
      set.measure(counts, values, i * width);
    });
    let to = sets.length * width;
    // The names of a set begin with its metrics.
    for (let start = width; start < sets.length * width; start += width) {
      for (let i = 0; i < metrics.length; i++) values[to++] = values[start + i] - values[i];
    }
  });
  const intervals = resamples === 0 ? null : bootstrapIntervals(joint, { resamples, seed, level });
  const endsOf = (key: string, value: number, [least, most]: Range): Ends => {
    if (intervals === null) return none;
    const { low, high, estimate } = intervals[key];
    // The smooth error of resamples is approximate: what it is off by at the rows themselves is taken off again.
    const shift = value - estimate;
    return { low: within(low + shift, least, most), high: within(high + shift, least, most) };
  };
  return {
    values: sets.map((set, i) =>
      Object.fromEntries(set.names.map((name) => [name, endsOf(`${i} ${name}`, pointOf(set, name), rangeOf(name))])),
    ),
    differences: others.map((set, i) =>
      Object.fromEntries(
        metrics.map((name) => {
          const mean = set.values[name] - first.values[name];
          const [least, most] = rangeOf(name);
          const ends = endsOf(`${i} change of ${name}`, mean, [least - most, most - least]);
          return [name, { mean: finite(mean), ...ends }];
        }),
      ),
    ),
  };
}

/** Every metric of a set with its interval and convention. */
export function measuredValues(
  set: ScoredRows,
  intervals: Readonly<Record<string, Ends>>,
  binning: BinningOptions,
  classes: number,
): Readonly<Record<string, MeasuredValue>> {
  const named = Object.entries(conventionsOf(binning, classes)).filter(([name]) => name in set.values);
  return Object.fromEntries(
    named.map(([name, convention]) => {
      const p = set.tests[name];
      const value = finite(set.values[name]);
      return [name, { value, ...intervals[name], convention, ...(p !== undefined && { p }) }];
    }),
  );
}

type Range = readonly [least: number, most: number];

const none: Ends = { low: null, high: null };

/** A smoothed accuracy is a share; its number is not among the values. */
function pointOf(set: ScoredRows, name: string): number {
  return set.values[name] ?? set.smooth.accuracy[Number(name.slice(smoothPoint(0).length - 1))];
}

function rangeOf(name: string): Range {
  if (name === "nll") return [0, Infinity];
  if (name === "brier") return [0, 2];
  if (name === "overconfidence") return [-1, 1];
  if (name === "spiegelhalterZ") return [-Infinity, Infinity];
  return [0, 1];
}

function within(value: number, least: number, most: number): number | null {
  return finite(Math.min(most, Math.max(least, value)));
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
