import { normalQuantile } from "softlabel/statistics";

/**
 * Wilson's interval of a share:
 *
 *     (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n)        z the normal quantile of (1 + level)/2
 *
 * It stays within [0, 1] and has width where every row, or none, is right.
 * @param share - p in [0, 1].
 * @param rows - n above 0; need not be whole.
 * @see Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953
 */
export function wilsonInterval(
  share: number,
  rows: number,
  level: number,
): { readonly low: number; readonly high: number } {
  const z = normalQuantile((1 + level) / 2);
  const centre = share + (z * z) / (2 * rows);
  const reach = z * Math.sqrt((share * (1 - share)) / rows + (z * z) / (4 * rows * rows));
  const scale = 1 + (z * z) / rows;
  return { low: Math.max(0, (centre - reach) / scale), high: Math.min(1, (centre + reach) / scale) };
}
