import { ArgumentError } from "softlabel";
import { laboratoryVersions } from "../../training/code-version.ts";
import { type CompareOptions, mostSeeds } from "../options.ts";
import { pathOf } from "./given/find-predictions.ts";
import { type GivenArm, givenArms } from "./given/given-arms.ts";
import { tellRuns } from "./given/tell-runs.ts";
import type { Run, Source } from "./source.ts";

/**
 * Predictions that are there already, of any framework: a folder for each arm and seed, in which nothing is written.
 *
 * @throws {@link ArgumentError} when it is not clear which run is of which arm and seed.
 */
export function givenSource({ from, pattern, base }: Pick<CompareOptions, "from" | "pattern" | "base">): Source {
  const arms = givenArms(tellRuns(from, pattern), base);
  const seeds = [...new Set(arms.flatMap(({ runs }) => [...runs.keys()]))].sort((a, b) => a - b);
  if (seeds.length > mostSeeds) {
    throw new ArgumentError(`--from must hold at most ${mostSeeds} seeds, got ${seeds.length}`);
  }
  return {
    arms: arms.map(({ runs: _, ...settings }) => settings),
    runs: seeds.flatMap((seed) => arms.map((arm) => runOf(arm, seed))),
    trainer: null,
    data: null,
    ingredients: {},
    work: () => 0,
    describe: ({ classes, testRows, validationRows, testLabelsHash }) => ({
      data: {
        name: "given predictions",
        hash: null,
        classes,
        classNames: null,
        trainRows: null,
        validationRows,
        testRows,
        testLabelsHash,
      },
      trainer: { kind: "given" },
      versions: laboratoryVersions(),
      codeVersion: null,
    }),
    remedy: "an arm and the base need predictions of the same seed",
  };
}

function runOf({ name: arm, runs }: GivenArm, seed: number): Run {
  const found = runs.get(seed)?.found;
  if (found === undefined) return { arm, seed, id: "", trial: null, place: null };
  const { folder, name } = found;
  return { arm, seed, id: pathOf(found), trial: null, place: () => ({ folder, name }) };
}
