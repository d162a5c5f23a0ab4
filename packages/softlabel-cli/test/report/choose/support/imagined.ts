import type { ChooseResults } from "../../../../src/experiment/choose/results.ts";
import { type Imagined, imaginedResults } from "../../../experiment/choose/support/evidence.ts";

const seeds = [0, 1, 2, 3, 4, 5];

/** NLL of six seeds at 0, 0.05, 0.1 and 0.2: 0.1 is best, and 0.05 within one standard error of it. */
export const threeEpsilons: readonly (readonly number[])[] = [
  seeds.map((seed) => 0.1 + 0.01 * Math.sin(seed) + 0.001 * Math.sin(3 * seed)),
  seeds.map((seed) => 0.0805 + 0.01 * Math.sin(seed) + 0.004 * Math.cos(2 * seed)),
  seeds.map((seed) => 0.08 + 0.01 * Math.sin(seed)),
  seeds.map((seed) => 0.09 + 0.01 * Math.sin(seed) + 0.002 * Math.sin(2 * seed)),
];

/** A choice among four ε, the second tried afterwards; `searched` with a learning rate for each. */
export function imaginedChoice({
  searched = false,
  ...given
}: Partial<Imagined> & { readonly searched?: boolean }): ChooseResults {
  const [zero, small, middle, large] = threeEpsilons;
  const imagined: Imagined = { nll: { 0: zero, 0.05: small, 0.1: middle, 0.2: large }, refined: [0.05], ...given };
  if (!searched) return imaginedResults(imagined);
  return imaginedResults({
    ...imagined,
    parameters: Object.fromEntries(
      [0, 0.05, 0.1, 0.2].map((epsilon) => [epsilon, { "learning-rate": 0.001 + epsilon / 50 }]),
    ),
    experiment: {
      search: {
        parameters: ["learning-rate=log:0.0001..0.01"],
        candidates: 8,
        sampler: "sobol",
        earlyStopping: true,
        trials: 32,
        stopped: 11,
      },
    },
  });
}
