/**
 * The x ≥ 0 at which a tail that falls with x comes down to `probability`, by bisection until no float64 lies between.
 *
 * @param tail - Falls from at least `probability` at 0 to 0 at ∞.
 * @param probability - Above 0.
 */
export function invertTail(tail: (x: number) => number, probability: number): number {
  let low = 0;
  let high = 1;
  while (tail(high) > probability) {
    low = high;
    high *= 2;
  }
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    if (tail(middle) > probability) low = middle;
    else high = middle;
  }
}
