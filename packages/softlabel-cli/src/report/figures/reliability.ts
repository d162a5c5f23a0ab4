import * as Plot from "@observablehq/plot";
import type { ReliabilityBin } from "softlabel/calibration";
import type { Arm, Results } from "../../experiment/results.ts";
import { formatEpsilon, formatValue } from "../../experiment/verdict-metrics.ts";
import { drawPanel, type Panel } from "../drawing.ts";
import { type Figure, panelSize } from "../figure.ts";
import { armMark } from "../theme.ts";

/** Reliability diagrams of every arm, as it comes and after temperature scaling. */
export function reliabilityDiagrams({ arms }: Results): Figure {
  return {
    id: "reliability",
    title: "Can the confidence be trusted?",
    caption:
      "Test rows of all seeds, binned by confidence, the largest probability. A bar’s height is the accuracy in its bin " +
      "and its opacity the share of rows there (square root); the dot stands at the bin’s mean confidence. On the dashed " +
      "diagonal confidence equals accuracy; above it the classifier is under-confident, below it over-confident. Pale " +
      "bars hold few rows and weigh little in the ECE.",
    groups: arms.map((arm, index) => [panel(arm, index, "as it comes"), panel(arm, index, "temperature-scaled")]),
    size: "small",
    legend: [],
    csv: {
      name: "reliability",
      columns: ["epsilon", "temperatureScaled", "low", "high", "rows", "meanConfidence", "accuracy"],
      rows: arms.flatMap((arm) =>
        ([false, true] as const).flatMap((scaled) =>
          (scaled ? arm.figures.reliabilityAfterTemperature : arm.figures.reliability).map((bin) => [
            arm.epsilon,
            String(scaled),
            bin.low,
            bin.high,
            bin.count,
            bin.count === 0 ? null : bin.confidence,
            bin.count === 0 ? null : bin.accuracy,
          ]),
        ),
      ),
    },
  };
}

function panel(arm: Arm, index: number, state: "as it comes" | "temperature-scaled"): Panel {
  const scaled = state === "temperature-scaled";
  const bins = (scaled ? arm.figures.reliabilityAfterTemperature : arm.figures.reliability).filter(
    (bin) => bin.count > 0,
  );
  const metric = scaled ? "eceAfterTemperature" : "ece";
  const ece = formatValue(metric, arm.metrics[metric]?.mean ?? Number.NaN, 1);
  const epsilon = formatEpsilon(arm.epsilon);
  const most = Math.max(...bins.map(({ count }) => count));
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const fullest = bins.find(({ count }) => count === most);
  const { color } = armMark(index);
  return drawPanel(
    {
      name: `reliability-epsilon-${epsilon}${scaled ? "-temperature-scaled" : ""}`,
      title: `ε = ${epsilon}, ${state}: ECE\u00a0${ece}`,
      alt:
        `Reliability diagram of ε = ${epsilon}, ${state}: mean ECE ${ece}. ` +
        (fullest === undefined
          ? "No rows."
          : `The fullest bin, confidence ${span(fullest)}, holds ${Math.round((100 * most) / total)}% of the rows.`),
    },
    {
      ...panelSize.small,
      marginTop: 20,
      marginRight: 8,
      marginLeft: 32,
      marginBottom: 30,
      x: { domain: [0, 1], ticks: [0, 0.5, 1], label: "confidence →" },
      y: { domain: [0, 1], ticks: [0, 0.5, 1], label: "accuracy", grid: true },
      opacity: { type: "identity" },
      marks: [
        Plot.rect(bins, {
          x1: "low",
          x2: "high",
          y1: 0,
          y2: "accuracy",
          fill: color,
          fillOpacity: (bin: ReliabilityBin) => 0.06 + 0.74 * Math.sqrt(bin.count / most),
          stroke: color,
          strokeOpacity: 0.45,
          strokeWidth: 0.75,
          insetLeft: 0.5,
          insetRight: 0.5,
        }),
        Plot.line(
          [
            [0, 0],
            [1, 1],
          ],
          { stroke: "currentColor", strokeDasharray: "3 3", strokeWidth: 1 },
        ),
        Plot.dot(bins, { x: "confidence", y: "accuracy", r: 1.8, fill: "currentColor" }),
      ],
    },
  );
}

function span({ low, high }: ReliabilityBin): string {
  return `${low.toFixed(2)} to ${high.toFixed(2)}`;
}
