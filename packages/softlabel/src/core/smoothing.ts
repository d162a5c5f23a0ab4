import { ArgumentError } from "./argument-error.ts";
import type { ClassAxis } from "./class-axis.ts";
import { describe } from "./describe.ts";
import type { Labels } from "./labels.ts";
import type { Shares } from "./loss-sums.ts";
import type { SmoothingOptions } from "./options.ts";
import { readPerRow } from "./per-row.ts";
import { readPrior } from "./prior.ts";

/**
 * The smoothed label of a row in its two parts: q′ = hard·q + smooth·u, with hard + smooth = 1.
 *
 * Under "all-classes" and "other-classes" smooth is ε, under "classy-vision" ε/(1 + ε).
 */
export interface SmoothedLabels {
  readonly ignored: (row: number) => boolean;
  /** Writes q and u, each of shape [classes], and returns the share of each. */
  readonly read: (row: number, q: Float64Array, u: Float64Array) => Shares;
}

/** @throws {@link ArgumentError} if an option is wrong; on reading, if a row's label is. */
export function readSmoothedLabels(
  labels: Labels,
  shape: readonly number[],
  at: ClassAxis,
  options: SmoothingOptions,
): SmoothedLabels {
  const { labelSmoothing = 0 } = options;
  requireIndices(at, options);
  const epsilon = readPerRow(labelSmoothing, "labelSmoothing", at, 1);
  const prior = readPrior(shape, at, options);
  return {
    ignored: labels.ignored,
    read(row, q, u) {
      labels.read(row, q);
      prior.read(row, q, u);
      const ε = epsilon[row];
      return options.convention === "classy-vision"
        ? { hard: 1 / (1 + ε), smooth: ε / (1 + ε) }
        : { hard: 1 - ε, smooth: ε };
    },
  };
}

function requireIndices({ classes }: ClassAxis, { ignoreIndex, paddingIndex }: SmoothingOptions): void {
  if (ignoreIndex !== undefined && !Number.isInteger(ignoreIndex)) {
    throw new ArgumentError(`ignoreIndex must be an integer, got ${describe(ignoreIndex)}`);
  }
  if (paddingIndex !== undefined && !(Number.isInteger(paddingIndex) && paddingIndex >= 0 && paddingIndex < classes)) {
    const remedy = "; for a mark that is no class use ignoreIndex";
    throw new ArgumentError(`paddingIndex must be a class in [0, ${classes}), got ${describe(paddingIndex)}${remedy}`);
  }
}
