import { formatP } from "../experiment/verdict-metrics.ts";
import type { EvaluatedArm, EvaluationOptions } from "./evaluation.ts";
import { changeInPoints, changeInUnits } from "./verdict-words.ts";

/** What each other file changes against the first, row by row. */
export function comparedWithFirst(arms: readonly EvaluatedArm[], options: EvaluationOptions): string[] {
  const [base, ...others] = arms;
  return others.map(({ name, comparison }) => {
    if (comparison === null || !comparison.comparable) {
      return `${name} cannot be compared with ${base.name} row by row: ${comparison?.reason ?? "nothing was compared"}.`;
    }
    const { accuracy, nll, ece, aurc } = comparison.differences;
    const parts = [
      `accuracy ${changeInPoints(accuracy, options)}${tested(accuracy.p, "McNemar's exact p")}`,
      ...(nll ? [`NLL ${changeInUnits(nll, options)}${tested(nll.p, "permutation p")}`] : []),
      `ECE ${changeInPoints(ece, options)}`,
      `AURC ${changeInUnits(aurc, options)}`,
    ];
    const rows = comparison.onTrust
      ? "on rows that are taken for the same, since their number alone shows it (without labels in both files)"
      : "on the same rows";
    return `${name} against ${base.name}, ${rows}: ${parts.join("; ")}. What an interval with zero in it says is not shown.`;
  });
}

const tested = (p: number | undefined, name: string): string => (p === undefined ? "" : `, ${name} ${formatP(p)}`);
