import { counted, inWords } from "../verdict-wording.ts";
import { type ChooseEvidence, seedCount } from "./verdict-evidence.ts";

/** Trials without a result, and which seeds were left. */
export function missingTrials({ missing, experiment }: ChooseEvidence): string[] {
  if (missing.length === 0) return [];
  const [first, ...others] = missing.map(({ arm, seed, reason }) => `${arm} with seed ${seed}, because ${reason}`);
  const more = others.length === 0 ? "" : ` and ${counted(others.length, "other")}`;
  const seeds = `${experiment.seeds.length === 1 ? "seed" : "seeds"} ${inWords(experiment.seeds.map(String))}`;
  return [
    `No result has ${first}${more}; what every ε has, and is compared by, ${experiment.seeds.length === 1 ? "is" : "are"} ${seeds}.`,
  ];
}

/** What was spent, and how the other parameters were found. */
export function howItWasSearched(evidence: ChooseEvidence): string[] {
  const { arms, experiment } = evidence;
  const { refined, search } = experiment;
  const trials = arms.reduce((sum, arm) => sum + arm.trials.length, 0);
  const between =
    refined.length === 0 ? "" : `, ${refined.length} of them between the best of the grid and its neighbours`;
  const spent = `This took ${counted(trials, "trial")}: ${arms.length} ε${between}, with ${counted(seedCount(evidence), "seed")} each.`;
  if (search === null) return [spent];
  const names = inWords(search.parameters.map((text) => text.slice(0, text.indexOf("="))));
  const stopped = search.stopped === 0 ? "" : `, ${search.stopped} of them stopped early`;
  return [
    `${spent} Before, every ε was tried with the same ${counted(search.candidates, "setting")} of ${names}, with one seed ` +
      `(${counted(search.trials, "trial")}${stopped}), and went on with its best.`,
  ];
}

/** The best of many looks better than it is. */
export function optimism({ arms }: ChooseEvidence): string[] {
  if (arms.length === 1) return [];
  return [
    `On the validation rows the best of ${arms.length} ε looks better than it is, because it was picked there; the numbers on the test rows ` +
      `have no such bias. They speak of these data and this model alone.`,
  ];
}
