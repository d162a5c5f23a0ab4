// Learners whose best ε is known: what an ε does to the loss is a curve, and a trial's loss is the curve, what its seed
// does to every ε alike, and what is its own. How large each part is was measured on real trials.
import { readFileSync } from "node:fs";
import { normalQuantile } from "../../packages/softlabel/dist/statistics/normal.js";
import { seededRandom } from "../../packages/softlabel/dist/statistics/random.js";

const fixture = "../../packages/softlabel-cli/test/fixtures/results-lenet5.json";

/**
 * NLL after temperature scaling of LeNet-5 on MNIST, ε = 0 and 0.1, six seeds: what ε = 0.1 gains, and the standard
 * deviations of what a seed does to both, and of what each trial adds.
 *
 *     var(own) = var(d)/2        var(seed) = mean of both variances − var(own)        d the differences of one seed
 */
export function measuredNoise() {
  const { arms } = JSON.parse(readFileSync(new URL(fixture, import.meta.url), "utf8"));
  const [zero, smoothed] = arms.map(({ metrics }) => metrics.nllAfterTemperature);
  const own = variance(smoothed.perSeed.map((value, i) => value - zero.perSeed[i])) / 2;
  const seed = (zero.sd ** 2 + smoothed.sd ** 2) / 2 - own;
  return { level: zero.mean, gain: zero.mean - smoothed.mean, seed: Math.sqrt(seed), own: Math.sqrt(own) };
}

/** Loss above the least possible, in units of the measured gain; what is best, where one ε is. */
export const truths = [
  ...[0.05, 0.1, 0.2].map((best) => ({ name: `${best} is best`, best, excess: valley(best) })),
  { name: "0.1 is best, a quarter of the gain", best: 0.1, excess: (epsilon) => valley(0.1)(epsilon) / 4 },
  { name: "0 is best", best: 0, excess: (epsilon) => epsilon / 0.1 },
  { name: "0 is best, a quarter of the harm", best: 0, excess: (epsilon) => epsilon / 0.4 },
  { name: "all are equal", best: null, excess: () => 0 },
];

/** 1 at ε = 0 and 0 at the best, steep below and flat above, as a parabola is in √ε. */
function valley(best) {
  return (epsilon) => (Math.sqrt(epsilon) - Math.sqrt(best)) ** 2 / best;
}

/** What else may be true of the noise: `own(ε)` scales a trial's own part, `mishaps` is the share of trials gone wrong. */
export const noises = {
  even: { own: () => 1, mishaps: 0 },
  "twice as much at ε = 0": { own: (epsilon) => (epsilon === 0 ? 2 : 1), mishaps: 0 },
  "one trial in fifty goes wrong": { own: () => 1, mishaps: 0.02 },
};

/** A trial that goes wrong adds this many standard deviations. */
const mishap = 10;

/**
 * One experiment of so many seeds: a function from ε to the losses of its seeds, in nats.
 *
 * @param {{ truth: typeof truths[number], noise: typeof noises["even"], size: ReturnType<typeof measuredNoise>, seeds: number, seed: number }} given
 */
export function experimentOf({ truth, noise, size, seeds, seed }) {
  const { next } = seededRandom(seed);
  const uniform = () => (next() + 0.5) / 2 ** 32;
  const normal = () => normalQuantile(uniform());
  const shared = Array.from({ length: seeds }, () => size.seed * normal());
  return (epsilon) =>
    shared.map((ofSeed) => {
      const own = size.own * noise.own(epsilon) * normal();
      const wrong = uniform() < noise.mishaps ? mishap * size.own : 0;
      return size.level + size.gain * truth.excess(epsilon) + ofSeed + own + wrong;
    });
}

function variance(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
