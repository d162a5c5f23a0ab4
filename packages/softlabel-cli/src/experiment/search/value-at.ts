import type { ParameterRange } from "./range.ts";

/**
 * The value at share u of a range, so that u uniform over [0, 1) gives every value of the scale its share:
 *
 *     lin      low + u·(high − low)
 *     log      low·(high/low)^u
 *     int      ⌊low + u·(high − low + 1)⌋
 *     log-int  the integer nearest to (low − ½)·((high + ½)/(low − ½))^u
 *     choice   the choice ⌊u·number⌋, from 0
 *
 * A number of `lin` and `log` is rounded to a decimal one, by at most a thousandth of the range: engines differ in the
 * last bits of a power, and one machine's trial is to be another's.
 * @param u - in [0, 1).
 * @returns a value in the range, its ends included.
 */
export function valueAt(range: ParameterRange, u: number): string | number | boolean {
  switch (range.scale) {
    case "choice":
      return range.choices[Math.floor(u * range.choices.length)];
    case "int":
      return Math.floor(range.low + u * (range.high - range.low + 1));
    case "log-int":
      return within(range, Math.round(between(range.low - 0.5, range.high + 0.5, u)));
    case "lin": {
      const decimals = -Math.floor(Math.log10((range.high - range.low) / steps));
      const value = range.low + u * (range.high - range.low);
      return within(range, Number(value.toFixed(Math.min(Math.max(decimals, 0), 100))));
    }
    case "log": {
      const digits = 1 + Math.ceil(-Math.log10(Math.log(range.high / range.low) / steps));
      return within(range, Number(between(range.low, range.high, u).toPrecision(Math.min(Math.max(digits, 2), 17))));
    }
  }
}

/** How many values there are; ∞ for all numbers between two. */
export function valueCount(range: ParameterRange): number {
  if (range.scale === "choice") return range.choices.length;
  if (range.scale === "int" || range.scale === "log-int") return range.high - range.low + 1;
  return Number.POSITIVE_INFINITY;
}

/** Values that rounding tells apart in a range, at least. */
const steps = 1000;

/** Geometric interpolation. */
function between(low: number, high: number, u: number): number {
  return Math.exp(Math.log(low) + u * (Math.log(high) - Math.log(low)));
}

/** Rounding may step over an end that is no round number. */
function within({ low, high }: { readonly low: number; readonly high: number }, value: number): number {
  return Math.min(Math.max(value, low), high);
}
