import { ArgumentError } from "softlabel";
import type { ArmSettings, Missing } from "../results.ts";
import { TrialsMissingError } from "../run-experiment.ts";
import type { ArmTrial } from "../sources/trial-source.ts";
import type { SeedMetrics } from "./objective.ts";
import type { Unjudged, ValidationScore } from "./validation-scores.ts";

/** An arm that is to be trained with every seed. */
export interface PlannedArm {
  readonly settings: ArmSettings;
  readonly found: "grid" | "refined";
  /** By seed: 1, 2, …; none where nothing could be trained. */
  readonly trials: readonly ArmTrial[];
}

/** An arm with the seeds that every other arm has too, in one order. */
export interface PairedArm {
  readonly settings: ArmSettings;
  readonly found: PlannedArm["found"];
  readonly trials: readonly ArmTrial[];
  readonly metrics: readonly SeedMetrics[];
}

export interface PairedArms {
  /** ε ascending from 0. */
  readonly arms: readonly PairedArm[];
  readonly seeds: readonly number[];
  /** In the order of the arms, then of the seeds. */
  readonly missing: readonly Missing[];
  readonly classes: number;
  readonly validationRows: number;
}

/**
 * The arms that have a result, each with the seeds that all of them have: a seed that one arm lacks is compared nowhere.
 *
 * @param scoreOf - the score of a trial, or why there is none.
 * @param unplanned - what is missing besides, of arms that could not even be planned.
 * @throws {@link TrialsMissingError} where ε = 0 has no result, or no seed is complete.
 * @throws ArgumentError where trials of one seed were judged on other rows.
 */
export function pairArms(
  planned: readonly PlannedArm[],
  scoreOf: (trial: ArmTrial) => ValidationScore | Unjudged,
  unplanned: readonly Missing[] = [],
): PairedArms {
  const scored = planned
    .toSorted((a, b) => a.settings.epsilon - b.settings.epsilon)
    .map((arm) => ({ arm, scores: arm.trials.map(scoreOf) }));
  const failed = scored.flatMap(({ arm, scores }) =>
    scores.flatMap((score, i) =>
      "reason" in score ? [{ arm: arm.settings.name, seed: arm.trials[i].config.seed, reason: score.reason }] : [],
    ),
  );
  const missing = [...unplanned, ...failed];
  const present = scored.filter(({ scores }) => scores.some((score) => !("reason" in score)));
  const places = (present[0]?.arm.trials ?? []).flatMap((_, i) =>
    present.every(({ scores }) => !("reason" in scores[i])) ? [i] : [],
  );
  if (present[0]?.arm.settings.epsilon !== 0 || places.length === 0) throw nothingPaired(missing);
  const chosen = present.map(({ arm, scores }) => ({
    arm,
    trials: places.map((i) => arm.trials[i]),
    scores: places.map((i) => scores[i] as ValidationScore),
  }));
  for (const { arm, trials, scores } of chosen) requireSameRows(arm, trials, scores, chosen[0].scores);
  const [{ rows, classes }] = chosen[0].scores;
  return {
    arms: chosen.map(({ arm: { settings, found }, trials, scores }) => ({
      settings,
      found,
      trials,
      metrics: scores.map(({ metrics }) => metrics),
    })),
    seeds: chosen[0].trials.map(({ config }) => config.seed),
    missing,
    classes,
    validationRows: rows,
  };
}

function nothingPaired(missing: readonly Missing[]): TrialsMissingError {
  const named = missing.slice(0, 3).map(({ arm, seed, reason }) => `${arm} with seed ${seed} (${reason})`);
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : "";
  return new TrialsMissingError(
    `no ε can be chosen yet, because ε = 0 needs a result with a seed that every other ε has: missing are ` +
      `${named.join(", ")}${more}; the others are kept, and the same command goes on from there`,
  );
}

function requireSameRows(
  { settings }: PlannedArm,
  trials: readonly ArmTrial[],
  scores: readonly ValidationScore[],
  base: readonly ValidationScore[],
): void {
  const wrong = scores.findIndex(({ labelsHash }, i) => labelsHash !== base[i].labelsHash);
  if (wrong < 0) return;
  throw new ArgumentError(
    `validation rows must be the same for every ε with the same seed, got ${scores[wrong].rows} rows with other labels ` +
      `in ${settings.name}, seed ${trials[wrong].config.seed} than in ε = 0; let nothing but the seed decide the split`,
  );
}
