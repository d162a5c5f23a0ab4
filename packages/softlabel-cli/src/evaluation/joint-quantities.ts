import type { Resampled } from "softlabel/calibration";

/**
 * Several quantities that one pass over a resample computes together, as the bootstrap asks for them: one by one.
 *
 * The first that is asked of a resample computes all; the others read. So each must be asked exactly once of every
 * resample, as `bootstrapIntervals` does when it is given all of them.
 *
 * @param measure - writes the quantities of rows that are there `counts[i]` times into `values`, in the order of `names`.
 */
export function jointQuantities(
  rows: number,
  names: readonly string[],
  measure: (counts: Uint32Array, values: Float64Array) => void,
): Readonly<Record<string, Resampled>> {
  const values = new Float64Array(names.length);
  const unread = new Uint8Array(names.length);
  const read = (counts: Uint32Array, at: number): number => {
    if (unread[at] === 0) {
      measure(counts, values);
      unread.fill(1);
    }
    unread[at] = 0;
    return values[at];
  };
  return Object.fromEntries(names.map((name, at) => [name, { rows, of: (counts) => read(counts, at) }]));
}
