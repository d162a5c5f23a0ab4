import type { EvaluationResults } from "./evaluation.ts";
import { comparedWithFirst } from "./verdict-comparison.ts";
import { confidenceAgainstAccuracy, littleMeaning, miscalibratedUnseen, surestRows } from "./verdict-confidence.ts";
import { fewRows, notFitted, scope } from "./verdict-limits.ts";
import { mended } from "./verdict-mending.ts";
import { selection } from "./verdict-selection.ts";
import { smoothed } from "./verdict-smoothing.ts";

/** The numbers that a verdict is given on. */
export type EvaluationEvidence = Pick<EvaluationResults, "arms" | "options">;

/**
 * What the numbers carry, in plain sentences, the most important first: how far the confidence can be trusted, whether
 * that matters, what mends it, what another file changes, and what cannot be said.
 *
 * A direction is named only where its interval excludes zero.
 */
export function evaluationVerdict(evidence: EvaluationEvidence): string[] {
  const { arms, options } = evidence;
  const several = arms.length > 1;
  return [
    ...arms.flatMap((arm) => {
      const sentences = [
        confidenceAgainstAccuracy,
        miscalibratedUnseen,
        littleMeaning,
        surestRows,
        mended,
        smoothed,
        selection,
      ].flatMap((rule) => rule(arm, options));
      return several ? sentences.map((sentence) => `${arm.name}: ${sentence}`) : sentences;
    }),
    ...comparedWithFirst(arms, options),
    ...fewRows(arms, options),
    ...notFitted(arms),
    ...scope(options),
  ];
}
