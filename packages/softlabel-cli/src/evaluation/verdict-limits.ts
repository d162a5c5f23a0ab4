import { formatCount } from "../experiment/verdict-metrics.ts";
import type { EvaluatedArm, EvaluationOptions } from "./evaluation.ts";
import { gapInterval } from "./verdict-gap.ts";
import { points } from "./verdict-words.ts";

/** What so few rows cannot show. */
export function fewRows(arms: readonly EvaluatedArm[], options: EvaluationOptions): string[] {
  return arms.flatMap((arm) => {
    const { name, source } = arm;
    const interval = gapInterval(arm, options);
    if (interval === null) return [];
    const { low, high } = interval;
    const whose = arms.length > 1 ? ` of ${name}` : "";
    const rows = `${formatCount(source.rows)} ${source.rows === 1 ? "row" : "rows"}${whose}`;
    if (low === high) return [`The ${rows} show no variation, so their intervals say nothing.`];
    const bins =
      source.rows < options.bins * 20 ? ` and ${options.bins} bins of so few rows each have gaps by chance` : "";
    return [
      `${rows} cannot tell an over-confidence below ${points((high - low) / 2)} percentage points from none${bins}.`,
    ];
  });
}

/** Where recalibrators were fitted, or why there are none. */
export function notFitted(arms: readonly EvaluatedArm[]): string[] {
  const plans = new Set(arms.map(({ source }) => sentences(source)).filter((sentence) => sentence !== ""));
  return [...plans];
}

function sentences({ fittedOn, kind, rows }: EvaluatedArm["source"]): string {
  if (kind === "top-label")
    return "The file holds only the confidence of the first choice, so no recalibrator was fitted and no log-loss is known.";
  if (fittedOn === null) return "";
  const count = formatCount(fittedOn.rows);
  if (fittedOn.what === "split")
    return `Recalibrators were fitted on ${count} rows of the file, and everything is judged on the other ${formatCount(rows)}.`;
  if (fittedOn.what === "halves") {
    return `To judge recalibration, each half of the rows was mended by what the other half was fitted to; what is saved was fitted on all ${count}, and is for other rows.`;
  }
  const where = fittedOn.what === "file" ? "the rows of --fit" : "the file's validation rows";
  return `Recalibrators were fitted on ${where}, ${count} of them.`;
}

/** What an interval over rows does not speak of. */
export function scope({ resamples }: EvaluationOptions): string[] {
  if (resamples === 0) return [];
  return [
    "The intervals speak of other rows from where these came: not of another training run, and not of other data.",
  ];
}
