import { summaryOf } from "../differences.ts";
import { type JudgedArm, judge } from "../judge.ts";
import type { ArmFigures, EpochPoint } from "../results.ts";
import { lossesOf, type Objective, type SeedMetrics, valueOfLoss } from "./objective.ts";
import { type Choice, chooseByOneStandardError } from "./one-standard-error.ts";
import type { PairedArm } from "./paired-arms.ts";
import type { ChooseArm, Chosen, TestArm } from "./results.ts";

/** What ε the validation rows speak for; `why` is said elsewhere. */
export interface JudgedChoice {
  readonly chosen: Omit<Chosen, "why">;
  readonly arms: readonly ChooseArm[];
}

/**
 * Judges every ε by its validation rows and chooses one by the one-standard-error rule.
 *
 * An ε whose objective is not finite for every seed is not chosen, and nothing is measured against it.
 * @param arms - ε ascending from 0, with the same seeds.
 * @param tried - every ε that was tried, those without a result too.
 * @param historiesOf - of each seed of an arm; empty where there are none.
 * @returns `null` where no ε has an objective that is finite.
 */
export function judgeChoice(
  arms: readonly PairedArm[],
  objective: Objective,
  tried: readonly number[] = arms.map(({ settings }) => settings.epsilon),
  historiesOf: (arm: PairedArm) => readonly (readonly EpochPoint[])[] = () => [],
): JudgedChoice | null {
  const losses = lossesOf(
    objective,
    arms.map(({ metrics }) => metrics),
    0,
  );
  const choice = chooseAmongFinite(arms, losses);
  if (choice === null) return null;
  const judged = judge(arms.map((arm) => unillustrated(arm, historiesOf(arm))));
  const epsilonOf = (place: number): number => arms[place].settings.epsilon;
  return {
    chosen: {
      epsilon: epsilonOf(choice.chosen),
      best: epsilonOf(choice.best),
      within: arms.flatMap((arm, i) => (choice.standings[i]?.within ? [arm.settings.epsilon] : [])),
      atBorder: tried.length > 1 && epsilonOf(choice.best) === Math.max(...tried) && epsilonOf(choice.best) < 1,
    },
    arms: judged.map(({ figures: _figures, againstTemperatureScaling: _rival, ...arm }, i) => {
      const { metrics, difference, stillImproving, trials, ...settings } = arm;
      const standing = choice.standings[i];
      return {
        ...settings,
        found: arms[i].found,
        trials,
        metrics,
        objective: summaryOf(losses[i].map((loss) => valueOfLoss(objective, loss))),
        fromBest: {
          mean: standing?.difference ?? Number.NaN,
          standardError: standing?.standardError ?? null,
          within: standing?.within ?? false,
        },
        difference,
        stillImproving,
      };
    }),
  };
}

/**
 * Judges arms by their test rows, each against the first.
 *
 * @param metrics - of each arm and seed, on the test rows.
 */
export function judgeOnTestRows(
  arms: readonly PairedArm[],
  metrics: readonly (readonly SeedMetrics[])[],
): readonly TestArm[] {
  const judged = judge(arms.map((arm, i) => unillustrated({ ...arm, metrics: metrics[i] }, [])));
  return judged.map(({ figures: _, stillImproving: __, ...arm }) => arm);
}

/** The rule among those it can be asked of; standings at the places of the arms, `null` for the others. */
function chooseAmongFinite(
  arms: readonly PairedArm[],
  losses: readonly (readonly number[])[],
): (Omit<Choice, "standings"> & { readonly standings: readonly (Choice["standings"][number] | null)[] }) | null {
  const places = arms.flatMap((_, i) => (losses[i].every(Number.isFinite) ? [i] : []));
  if (places.length === 0) return null;
  const choice = chooseByOneStandardError(
    places.map((i) => ({ epsilon: arms[i].settings.epsilon, losses: losses[i] })),
  );
  return {
    best: places[choice.best],
    chosen: places[choice.chosen],
    standings: arms.map((_, i) => (places.includes(i) ? choice.standings[places.indexOf(i)] : null)),
  };
}

/** What the judgement of a comparison takes, without the data of its figures. */
function unillustrated(
  { settings, trials, metrics }: PairedArm,
  history: readonly (readonly EpochPoint[])[],
): JudgedArm {
  return {
    settings,
    trials: trials.map(({ id, config }) => ({ id, seed: config.seed })),
    metrics,
    figures: { ...noFigures, history },
  };
}

const noFigures: ArmFigures = {
  reliability: [],
  reliabilityAfterTemperature: [],
  confidence: [],
  confidenceAfterTemperature: [],
  riskCoverage: { coverage: [], risk: [] },
  history: [],
  penultimate: null,
};
