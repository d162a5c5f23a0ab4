import type { ConfidenceLevels } from "./confidence-levels.ts";

/**
 * Errors to expect among the i most confident rows, i = 0 … N, of the rows of these levels.
 *
 * Rows that tie come in any order, so that across them the mean over every order is linear.
 */
export function expectedErrors({ rows, length, right, wrong }: ConfidenceLevels): Float64Array {
  const errors = new Float64Array(rows + 1);
  let above = 0;
  for (let level = length - 1; level >= 0; level--) {
    const tied = right[level] + wrong[level];
    for (let i = 1; i <= tied; i++) errors[above + i] = errors[above] + (wrong[level] * i) / tied;
    above += tied;
  }
  return errors;
}
