import type { Arm, MetricName, Results } from "../experiment/results.ts";
import { baselineOf, type Judgement, judgeArm, smoothedArms } from "../experiment/verdict-evidence.ts";
import { formatDifference, formatP, formatValue, metricStyles } from "../experiment/verdict-metrics.ts";
import { differenceDecimals } from "../experiment/verdict-wording.ts";
import { alignedLines } from "./aligned-lines.ts";
import { armColumn, armLabel } from "./arm-labels.ts";
import { judgementMarks, sharedMetrics } from "./metrics-table.ts";

/** Room is short in a terminal: these say less than the rest, and the report has them. */
const leftToReport: readonly MetricName[] = ["top5", "brierAfterTemperature"];

const ansi: Readonly<Record<Judgement | "heading", readonly [open: string, close: string]>> = {
  better: ["\u001b[32m", "\u001b[39m"],
  worse: ["\u001b[31m", "\u001b[39m"],
  changed: ["", ""],
  unclear: ["\u001b[2m", "\u001b[22m"],
  heading: ["\u001b[1m", "\u001b[22m"],
};

/**
 * The experiment's metrics as a compact table for a terminal: a line for each metric and each arm but the base.
 *
 * Arms with names of their own are numbered, and a list above says which is which: names are long, and how wide a
 * terminal draws them is not known.
 *
 * @param options - `color`: whether to add ANSI colours; signs and words say the same without them.
 * @returns Lines without trailing spaces, joined by newlines; empty when there is nothing to compare.
 */
export function terminalSummary(results: Results, { color }: { readonly color: boolean }): string {
  const arms = smoothedArms(results);
  if (arms.length === 0) return "";
  const metrics = sharedMetrics(results.arms).filter((metric) => !leftToReport.includes(metric));
  const byEpsilon = armColumn(results.arms).heading === "ε";
  const place = (arm: Arm): string => String(results.arms.indexOf(arm));
  const called = byEpsilon ? armColumn(results.arms).cell : place;
  const rows = metrics.flatMap((metric) => arms.map((arm, i) => cells(results, arm, called(arm), metric, i === 0)));
  const base = byEpsilon ? armLabel(baselineOf(results)) : place(baselineOf(results));
  const named = byEpsilon ? "ε" : "arm";
  const heading = ["", named, `${base} → ${named}`, "difference", "95% interval", "Holm p", ""];
  const [head = "", ...lines] = alignedLines([heading, ...rows.map(({ text }) => text)], [0, 6]);
  const painted = (text: string, [open, close]: readonly [string, string]): string =>
    color ? open + text + close : text;
  return [
    ...(byEpsilon
      ? []
      : [
          ...results.arms.map(
            (arm) => `${place(arm).padStart(2)}  ${armLabel(arm)}${arm.difference === null ? " (the base)" : ""}`,
          ),
          "",
        ]),
    painted(head, ansi.heading),
    ...rows.map(({ text, judgement }, i) => {
      const [line = "", mark = ""] = [lines[i], text.at(-1)];
      return line.slice(0, line.length - mark.length) + painted(mark, ansi[judgement]);
    }),
  ].join("\n");
}

function cells(
  results: Results,
  arm: Arm,
  called: string,
  metric: MetricName,
  first: boolean,
): { readonly text: readonly string[]; readonly judgement: Judgement } {
  const { label, unit } = metricStyles[metric];
  const difference = arm.difference?.[metric];
  const judgement = judgeArm(metric, arm, baselineOf(results));
  const decimals =
    difference === undefined ? metricStyles[metric].decimals.sentence : differenceDecimals(metric, difference);
  const value = (of: Arm): string => formatValue(metric, of.metrics[metric]?.mean ?? Number.NaN, decimals);
  const signed = (x: number): string => formatDifference(metric, x, decimals);
  const { low, high } = difference ?? { low: null, high: null };
  const { sign, word } = judgementMarks[judgement];
  return {
    judgement,
    text: [
      first ? `${label.replace("temperature-scaled", "after T")}${unit === "nats" ? " (nats)" : ""}` : "",
      called,
      `${value(baselineOf(results))} → ${value(arm)}`,
      difference === undefined ? "–" : signed(difference.mean),
      low === null || high === null ? "–" : `${signed(low)} to ${signed(high)}`,
      difference === undefined ? "–" : formatP(difference.pHolm),
      `${sign} ${word}`,
    ],
  };
}
