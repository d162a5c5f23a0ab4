// The rule of `softlabel choose` beside others that one could take, on the losses of every ε and seed.
import { chooseByOneStandardError } from "../../packages/softlabel-cli/dist/experiment/choose/one-standard-error.js";

/** Each from candidates, { epsilon, losses }, ascending, to the place of the chosen one. */
export const rules = {
  "paired standard error": (candidates) => chooseByOneStandardError(candidates).chosen,
  "lowest mean": (candidates) => chooseByOneStandardError(candidates).best,
  "standard error of the best mean": (candidates) => within(candidates, ({ best }) => error(best.losses)),
  "pooled standard error": (candidates) => {
    const pooled = Math.sqrt((2 * residualVariance(candidates)) / candidates[0].losses.length);
    return within(candidates, () => pooled);
  },
};

/** The smallest ε whose mean is within an error of the lowest mean. */
function within(candidates, errorOf) {
  const means = candidates.map(({ losses }) => mean(losses));
  const place = means.indexOf(Math.min(...means));
  const allowed = errorOf({ best: candidates[place] });
  return means.findIndex((one) => one <= means[place] + allowed);
}

/** Of the two-way layout ε × seed without interaction: what neither ε nor seed explains, alike for all ε. */
function residualVariance(candidates) {
  const seeds = candidates[0].losses.length;
  const byEpsilon = candidates.map(({ losses }) => mean(losses));
  const bySeed = Array.from({ length: seeds }, (_, s) => mean(candidates.map(({ losses }) => losses[s])));
  const overall = mean(byEpsilon);
  let squares = 0;
  candidates.forEach(({ losses }, i) => {
    losses.forEach((loss, s) => {
      squares += (loss - byEpsilon[i] - bySeed[s] + overall) ** 2;
    });
  });
  return squares / ((candidates.length - 1) * (seeds - 1));
}

function error(values) {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
