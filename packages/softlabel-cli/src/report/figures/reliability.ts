import type { Arm, Results } from "../../experiment/results.ts";
import { formatEpsilon, formatValue } from "../../experiment/verdict-metrics.ts";
import type { Panel } from "../drawing.ts";
import type { Figure } from "../figure.ts";
import { armMark } from "../theme.ts";
import {
  fullestBin,
  readingReliability,
  reliabilityCells,
  reliabilityColumns,
  reliabilityPanel,
} from "./reliability-panel.ts";

const confidenceLevel = 0.95;

/** Reliability diagrams of every arm, as it comes and after temperature scaling. */
export function reliabilityDiagrams({ arms, experiment: { seeds } }: Results): Figure {
  return {
    id: "reliability",
    title: "Can the confidence be trusted?",
    caption: `Test rows of all seeds, binned by confidence, the largest probability. ${readingReliability(confidenceLevel)}${
      seeds.length === 1
        ? ""
        : " Every seed judges the same test rows, so the interval is that of as many rows as one seed has in the bin on average."
    }`,
    groups: arms.map((arm, index) => [
      panel(arm, index, "as it comes", seeds.length),
      panel(arm, index, "temperature-scaled", seeds.length),
    ]),
    size: "small",
    legend: [],
    csv: {
      name: "reliability",
      columns: ["epsilon", "temperatureScaled", ...reliabilityColumns],
      rows: arms.flatMap((arm) =>
        ([false, true] as const).flatMap((scaled) =>
          (scaled ? arm.figures.reliabilityAfterTemperature : arm.figures.reliability).map((bin) => [
            arm.epsilon,
            String(scaled),
            ...reliabilityCells(bin, confidenceLevel, seeds.length),
          ]),
        ),
      ),
    },
  };
}

function panel(arm: Arm, index: number, state: "as it comes" | "temperature-scaled", seeds: number): Panel {
  const scaled = state === "temperature-scaled";
  const bins = scaled ? arm.figures.reliabilityAfterTemperature : arm.figures.reliability;
  const metric = scaled ? "eceAfterTemperature" : "ece";
  const ece = formatValue(metric, arm.metrics[metric]?.mean ?? Number.NaN, 1);
  const epsilon = formatEpsilon(arm.epsilon);
  return reliabilityPanel({
    name: `reliability-epsilon-${epsilon}${scaled ? "-temperature-scaled" : ""}`,
    title: `ε = ${epsilon}, ${state}: ECE\u00a0${ece}`,
    alt: `Reliability diagram of ε = ${epsilon}, ${state}: mean ECE ${ece}. ${fullestBin(bins)}`,
    bins,
    color: armMark(index).color,
    confidenceLevel,
    repeats: seeds,
  });
}
