import type { FollowOptions } from "softlabel/calibration";
import { formatCount } from "../experiment/verdict-metrics.ts";
import type { FittingPlan } from "./mend-rows.ts";
import type { RecalibrationMethod } from "./recalibration-methods.ts";

/** Seconds of CPU for each row and class² of a full matrix: the slowest default in bench/results/recalibration.json. */
export const secondsPerProduct = 3.4e-7;

/** Rows × classes² from where on the search may end at its limit of work, which is 400 products with the Hessian here. */
const uncertainSize = 2.5e9;

/** From where on a fit is told of before it begins. */
const longSeconds = 10;

/** A sentence where a fit will take long, by rows × classes²; else null. */
export function expectedFit(method: RecalibrationMethod, { judged, fitting }: FittingPlan): string | null {
  if (method !== "matrix" && method !== "dirichlet") return null;
  const classes = judged.shape[1];
  const largest = (fitting ?? judged).shape[0];
  // Without rows of their own: each half, and all of them for what is saved.
  const rows = fitting === null ? 2 * largest : largest;
  const seconds = secondsPerProduct * rows * classes ** 2;
  if (seconds < longSeconds) return null;
  const time = seconds < 90 ? `${Math.ceil(seconds / 10) * 10} s` : `${formatCount(Math.ceil(seconds / 60))} minutes`;
  const limit = largest * classes ** 2 > uncertainSize ? ", and may stop before the optimum, which would be told" : "";
  const passes = fitting === null ? `${formatCount(largest)} rows twice` : `${formatCount(largest)} rows`;
  return `fitting ${method} goes over ${passes}, with ${formatCount(classes)} classes, and takes about ${time}${limit}.`;
}

/** Tells each step of a search, and the how manieth of the searches it is. */
export function followFit(method: RecalibrationMethod, name: string, tell: (text: string) => void): FollowOptions {
  let fit = 0;
  return {
    onIteration({ iteration, objective }) {
      if (iteration === 0) fit++;
      // What changes first: a terminal cuts the end off.
      tell(`${method}, fit ${fit}, step ${iteration}: ${objective.toFixed(4)} nats, for ${name}`);
    },
  };
}
