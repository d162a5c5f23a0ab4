import type { FollowOptions } from "softlabel/calibration";
import { formatCount } from "../experiment/verdict-metrics.ts";
import type { FittingPlan } from "./mend-rows.ts";
import type { RecalibrationMethod } from "./recalibration-methods.ts";

/** Seconds for each row and class² of a full matrix: 15.9 s of CPU for 5,000 rows of WideResNet on CIFAR-100. */
const secondsPerProduct = 3.2e-7;

/** From where on a fit is told of before it begins. */
const longSeconds = 10;

/** A sentence where a fit will take long, by rows × classes²; else null. */
export function expectedFit(method: RecalibrationMethod, { judged, fitting }: FittingPlan): string | null {
  if (method !== "matrix" && method !== "dirichlet") return null;
  const classes = judged.shape[1];
  // Without rows of their own: each half, and all of them for what is saved.
  const rows = fitting === null ? 2 * judged.shape[0] : fitting.shape[0];
  const seconds = secondsPerProduct * rows * classes ** 2;
  if (seconds < longSeconds) return null;
  return (
    `fitting ${method} goes over ${formatCount(rows)} rows of ${formatCount(classes)} classes and takes about ` +
    `${seconds < 90 ? `${Math.ceil(seconds / 10) * 10} s` : `${formatCount(Math.ceil(seconds / 60))} minutes`}.`
  );
}

/** Tells each iteration of a search. */
export function followFit(method: RecalibrationMethod, name: string, tell: (text: string) => void): FollowOptions {
  return {
    onIteration({ iteration, objective }) {
      tell(`fitting ${method} for ${name}: iteration ${iteration}, objective ${objective.toFixed(4)}`);
    },
  };
}
