import { ArgumentError } from "../../core/argument-error.ts";
import { describe } from "../../core/describe.ts";
import { seededRandom } from "../../statistics/random.ts";
import { readOptions } from "../../statistics/read-options.ts";
import {
  type BootstrapInterval,
  type IntervalOptions,
  readInterval,
  requireIntervalOptions,
} from "./bootstrap-interval.ts";
import type { Resampled } from "./resampled.ts";

/** How rows are resampled, and the interval read. */
export interface BootstrapOptions extends IntervalOptions {
  /** An integer of at least 1; 1,000 by default. */
  readonly resamples?: number;
  /** An integer in [0, 2³²); 0 by default. The same seed draws the same rows, whatever is asked of them. */
  readonly seed?: number;
}

/**
 * Interval of any quantity of the rows, by drawing the rows again with replacement.
 *
 * It says how much the quantity would differ for other test rows of the same source; not for another training run.
 * Where the rows show no variation (all right, one row) neither does the interval.
 * @param quantity - {@link meanOfRows}, {@link metricOfOutcomes} or {@link quantityOfRows}.
 * @throws {@link ArgumentError} if an option is out of range.
 * @example
 * const { low, high } = bootstrapInterval(meanOfRows([1, 1, 0, 1, 1, 0, 1, 1]), { range: [0, 1], seed: 7 });
 * low; // 0.5
 * high; // 1
 * @see Davison and Hinkley 1997, §5.2; Efron 1987, https://doi.org/10.1080/01621459.1987.10478410
 */
export function bootstrapInterval(quantity: Resampled, options: BootstrapOptions = {}): BootstrapInterval {
  return bootstrapIntervals({ quantity }, options).quantity;
}

/**
 * Intervals of several quantities of the same rows, from the same resamples: each drawn once.
 *
 * @param quantities - By name, all of as many rows; one at least.
 * @throws {@link ArgumentError} if an option is out of range or the quantities have different numbers of rows.
 */
export function bootstrapIntervals<Name extends string>(
  quantities: Readonly<Record<Name, Resampled>>,
  options: BootstrapOptions = {},
): Readonly<Record<Name, BootstrapInterval>> {
  const { resamples = 1000, seed = 0 } = readOptions(options);
  const interval = requireIntervalOptions(options);
  const names = Object.keys(quantities) as Name[];
  const rows = commonRows(names.map((name) => quantities[name]));
  const values = resampledValues(
    names.map((name) => quantities[name].of),
    rows,
    resamples,
    seed,
  );
  const ones = new Uint32Array(rows).fill(1);
  const entries = names.map((name, i) => {
    const estimate = numberOf(quantities[name].of(ones));
    const { level, method } = interval;
    return [
      name,
      { estimate, ...readInterval(estimate, values[i], interval), level, method, resamples, seed },
    ] as const;
  });
  return Object.fromEntries(entries) as Record<Name, BootstrapInterval>;
}

/**
 * Interval of what a treatment changed, treatment − baseline, with both judged on the same resampled rows.
 *
 * What both find hard leaves the difference, so the interval is narrower than two separate ones suggest.
 * @param pair - The same quantity of two models, of the same rows in the same order.
 * @throws {@link ArgumentError} if an option is out of range or the numbers of rows differ.
 */
export function bootstrapDifference(
  pair: { readonly baseline: Resampled; readonly treatment: Resampled },
  options: BootstrapOptions = {},
): BootstrapInterval {
  const { baseline, treatment } = pair;
  const rows = commonRows([baseline, treatment]);
  return bootstrapInterval(
    { rows, of: (counts) => numberOf(treatment.of(counts)) - numberOf(baseline.of(counts)) },
    options,
  );
}

/** The quantities of every resample, one list for each quantity. */
function resampledValues(
  quantities: readonly Resampled["of"][],
  rows: number,
  resamples: number,
  seed: number,
): readonly Float64Array[] {
  if (!(Number.isInteger(resamples) && resamples >= 1)) {
    throw new ArgumentError(`resamples must be an integer of at least 1, got ${describe(resamples)}`);
  }
  const random = seededRandom(seed);
  // How often each row is drawn when as many rows are drawn as there are.
  const counts = new Uint32Array(rows);
  const values = quantities.map(() => new Float64Array(resamples));
  for (let resample = 0; resample < resamples; resample++) {
    counts.fill(0);
    random.drawInto(counts);
    for (let i = 0; i < quantities.length; i++) values[i][resample] = numberOf(quantities[i](counts));
  }
  return values;
}

function commonRows(quantities: readonly Resampled[]): number {
  const [first, ...others] = quantities;
  if (first === undefined) throw new ArgumentError("quantities must have at least one, got 0");
  const other = others.find(({ rows }) => rows !== first.rows);
  if (other) throw new ArgumentError(`quantities must be of the same rows, got ${first.rows} and ${other.rows}`);
  return first.rows;
}

/** NaN where a metric is not defined, which AUROC says by `null`: a number would take that for 0. */
function numberOf(value: number | null): number {
  return value ?? Number.NaN;
}
