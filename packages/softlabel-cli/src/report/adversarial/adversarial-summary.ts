import type { AdversarialResults, SmoothingComparison } from "../../experiment/adversarial/results.ts";
import { judge } from "../../experiment/verdict-evidence.ts";
import { formatEpsilon } from "../../experiment/verdict-metrics.ts";
import { alignedLines } from "../aligned-lines.ts";
import { judgementMarks } from "../metrics-table.ts";
import { comparedRows, percent, rowsLabel, strengthInWords, trainingAttack } from "./arm-names.ts";
import { hiddenWords, isHidden } from "./smoothing-table.ts";

const bold = ["\u001b[1m", "\u001b[22m"] as const;
const red = ["\u001b[31m", "\u001b[39m"] as const;

/**
 * The test accuracies as a compact table for a terminal: a line for each arm, and what smoothing changed where it is
 * shown.
 *
 * @param options - `color`: whether to add ANSI colours; signs and words say the same without them.
 * @returns Lines without trailing spaces, joined by newlines.
 */
export function adversarialSummary(results: AdversarialResults, { color }: { readonly color: boolean }): string {
  const { arms, comparisons, checks, experiment } = results;
  const heading = ["trained on", "ε", ...comparedRows.map((rows) => rowsLabel(rows, experiment)), ""];
  const rows = arms.map(({ labelSmoothing, training, test }) => {
    const same = ({
      labelSmoothing: epsilon,
      training: of,
    }: Pick<SmoothingComparison, "labelSmoothing" | "training">): boolean =>
      epsilon === labelSmoothing && of === training;
    const remarks = [
      ...comparisons.filter(same).flatMap((comparison) => remarksOn(comparison, results)),
      ...failedInWords(checks.filter((check) => same(check) && !check.passed).length),
    ];
    return [
      training === "clean" ? "clean images" : `against ${trainingAttack(experiment)}`,
      formatEpsilon(labelSmoothing),
      ...comparedRows.map((name) => `${percent(test[name])}%`),
      remarks.join(", "),
    ];
  });
  const painted = (text: string, [open, close]: readonly [string, string]): string =>
    color ? open + text + close : text;
  const [head = "", ...lines] = alignedLines([heading, ...rows], [0, heading.length - 1]);
  return [
    `Test accuracy, attacked at ${strengthInWords(experiment)}`,
    painted(head, bold),
    ...lines.map((line, i) => {
      const remark = rows[i]?.at(-1) ?? "";
      const plain = line.slice(0, line.length - remark.length);
      return remark.includes("✗") ? plain + painted(remark, red) : line;
    }),
  ].join("\n");
}

/** `✗ hidden gradients`, or what is shown: `✓ FGSM better`. */
function remarksOn(comparison: SmoothingComparison, { experiment }: AdversarialResults): readonly string[] {
  return comparedRows.flatMap((rows) => {
    if (isHidden(comparison, rows)) return [`${hiddenWords.sign} ${hiddenWords.word}`];
    const judgement = judge("accuracy", comparison.difference[rows]);
    const { sign, word } = judgementMarks[judgement];
    return judgement === "unclear" ? [] : [`${sign} ${rowsLabel(rows, experiment)} ${word}`];
  });
}

function failedInWords(failed: number): readonly string[] {
  return failed === 0 ? [] : [`✗ ${failed} ${failed === 1 ? "check" : "checks"} failed`];
}
