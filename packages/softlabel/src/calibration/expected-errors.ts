import { confidenceLevels } from "./confidence-levels.ts";
import type { Outcomes } from "./top-label.ts";

/**
 * Errors to expect among the i most confident rows, i = 0 … N, for outcomes that were checked before.
 *
 * Rows that tie come in any order, so that across them the mean over every order is linear.
 */
export function expectedErrors(outcomes: Outcomes): Float64Array {
  const { length, right, wrong } = confidenceLevels(outcomes);
  const errors = new Float64Array(outcomes.confidence.length + 1);
  let above = 0;
  for (let level = length - 1; level >= 0; level--) {
    const tied = right[level] + wrong[level];
    for (let i = 1; i <= tied; i++) errors[above + i] = errors[above] + (wrong[level] * i) / tied;
    above += tied;
  }
  return errors;
}
