// The designs on which the default method was chosen: confidences uniform on [½, 1].
import { truths } from "./given.js";
import { measureCoverage } from "./measure-coverage.js";

export async function run() {
  return measureCoverage({ distribution: "uniform", truths, seeds: { samples: 2 ** 20, resamples: 0 } });
}
