// Designs that had no say in the choice of the default method: most confidences near 1, errors that fall towards it,
// other seeds.
import { truths } from "./given.js";
import { measureCoverage } from "./measure-coverage.js";

const proportional = [0.01, 0.05].map((gap) => ({ gap, sign: "proportional" }));

export async function run() {
  const seeds = { samples: 2 ** 21, resamples: 2 ** 22 };
  return measureCoverage({ distribution: "skewed", truths: [...truths, ...proportional], seeds });
}
