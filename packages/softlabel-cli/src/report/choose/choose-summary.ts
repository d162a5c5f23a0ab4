import type { ChooseResults } from "../../experiment/choose/results.ts";
import type { MetricName } from "../../experiment/results.ts";
import { formatEpsilon } from "../../experiment/verdict-metrics.ts";
import { alignedLines } from "../aligned-lines.ts";
import { armCells, armColumns } from "./arms-table.ts";

/** Room is short in a terminal; the report has more. */
const metrics: readonly MetricName[] = ["nllAfterTemperature", "accuracy", "ece"];

const bold = ["\u001b[1m", "\u001b[22m"] as const;

/**
 * Every ε on the validation rows as a compact table for a terminal, the chosen one marked.
 *
 * @param options - `color`: whether to add ANSI colours; words say the same without them.
 * @returns Lines without trailing spaces, joined by newlines.
 */
export function chooseSummary(results: ChooseResults, { color }: { readonly color: boolean }): string {
  const heading = ["ε", ...armColumns(results, metrics), ""];
  const rows = results.arms.map((arm) => [
    formatEpsilon(arm.epsilon),
    ...armCells(results, arm, metrics),
    shortRemark(results, arm.epsilon),
  ]);
  const [head = "", ...lines] = alignedLines([heading, ...rows], [0, heading.length - 1]);
  const strong = (text: string): string => (color ? bold[0] + text + bold[1] : text);
  return [
    "On the validation rows, mean over seeds",
    strong(head),
    ...lines.map((line, i) => (results.arms[i].epsilon === results.chosen.epsilon ? strong(line) : line)),
  ].join("\n");
}

/** What the rule said of an ε; `≈ best` where the seeds cannot tell it from the best. */
function shortRemark({ chosen }: ChooseResults, epsilon: number): string {
  const standing = epsilon === chosen.best ? "best" : chosen.within.includes(epsilon) ? "≈ best" : "";
  return [...(epsilon === chosen.epsilon ? ["chosen"] : []), ...(standing === "" ? [] : [standing])].join(", ");
}
