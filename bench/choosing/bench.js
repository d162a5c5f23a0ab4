// How often `softlabel choose` finds the best ε where it is known, and what its choice costs, beside other rules. Not a
// time: the same seeds give the same numbers on every machine.
import { chooseDefaults } from "../../packages/softlabel-cli/dist/experiment/choose/options.js";
import { refineGrid } from "../../packages/softlabel-cli/dist/experiment/choose/refine-grid.js";
import { experimentOf, measuredNoise, noises, truths } from "./given.js";
import { rules } from "./rules.js";

const experiments = 4000;
const seedCounts = [3, 6, 10];
const firstSeed = 2 ** 22;

export async function run() {
  const size = measuredNoise();
  const cells = [];
  for (const [noiseName, noise] of Object.entries(noises)) {
    for (const truth of truths) {
      for (const seeds of seedCounts) {
        const given = { truth, noise, size, seeds };
        const { plain, refined } = simulate(given);
        cells.push({ noise: noiseName, truth: truth.name, best: truth.best, seeds, rules: refined, unrefined: plain });
        const shares = Object.entries(refined).map(
          ([name, { near, zero, regret }]) => `${name} ${near} ${zero} ${regret}`,
        );
        console.log(`${noiseName}, ${truth.name}, ${seeds} seeds: ${shares.join("; ")}`);
      }
    }
  }
  const unit = "shares of experiments; regret and optimism in nats";
  return { unit, experiments, firstSeed, grid: chooseDefaults.epsilon, measured: size, cells };
}

/** Shares and means over the experiments, by rule: of the grid alone, and of the grid refined around its best. */
function simulate(given) {
  const sums = { plain: {}, refined: {} };
  for (let i = 0; i < experiments; i++) {
    const lossesAt = experimentOf({ ...given, seed: firstSeed + i });
    const grid = chooseDefaults.epsilon.map((epsilon) => ({ epsilon, losses: lossesAt(epsilon) }));
    const between = refineGrid(chooseDefaults.epsilon, rules["lowest mean"](grid));
    const refined = [...grid, ...between.map((epsilon) => ({ epsilon, losses: lossesAt(epsilon) }))];
    refined.sort((a, b) => a.epsilon - b.epsilon);
    add(sums.plain, grid, given);
    add(sums.refined, refined, given);
  }
  return { plain: shares(sums.plain), refined: shares(sums.refined) };
}

function add(sums, candidates, { truth, size }) {
  const excess = (epsilon) => size.gain * truth.excess(epsilon);
  for (const [name, rule] of Object.entries(rules)) {
    const { epsilon, losses } = candidates[rule(candidates)];
    sums[name] ??= { near: 0, zero: 0, regret: 0, optimism: 0 };
    if (truth.best !== null && isNear(epsilon, truth.best)) sums[name].near++;
    if (epsilon === 0) sums[name].zero++;
    sums[name].regret += excess(epsilon);
    const seen = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    sums[name].optimism += size.level + excess(epsilon) - seen;
  }
}

/** Within one step of the grid, which has the best ε among its own. */
function isNear(epsilon, best) {
  const grid = chooseDefaults.epsilon;
  const place = grid.indexOf(best);
  return epsilon >= grid[Math.max(0, place - 1)] && epsilon <= grid[Math.min(grid.length - 1, place + 1)];
}

function shares(sums) {
  const mean = (sum, digits) => Number((sum / experiments).toFixed(digits));
  return Object.fromEntries(
    Object.entries(sums).map(([name, { near, zero, regret, optimism }]) => [
      name,
      { near: mean(near, 4), zero: mean(zero, 4), regret: mean(regret, 6), optimism: mean(optimism, 6) },
    ]),
  );
}
