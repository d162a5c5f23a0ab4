import type { Arm, Results } from "../../experiment/results.ts";
import { formatValue } from "../../experiment/verdict-metrics.ts";
import { armLabel, armSlug } from "../arm-labels.ts";
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
    groups: arms.map((_, index) => [
      panel(arms, index, "as it comes", seeds.length),
      panel(arms, index, "temperature-scaled", seeds.length),
    ]),
    size: "small",
    legend: [],
    csv: {
      name: "reliability",
      columns: ["arm", "epsilon", "temperatureScaled", ...reliabilityColumns],
      rows: arms.flatMap((arm) =>
        ([false, true] as const).flatMap((scaled) =>
          (scaled ? arm.figures.reliabilityAfterTemperature : arm.figures.reliability).map((bin) => [
            arm.name,
            arm.epsilon,
            String(scaled),
            ...reliabilityCells(bin, confidenceLevel, seeds.length),
          ]),
        ),
      ),
    },
  };
}

function panel(arms: readonly Arm[], index: number, state: "as it comes" | "temperature-scaled", seeds: number): Panel {
  const arm = arms[index] as Arm;
  const scaled = state === "temperature-scaled";
  const bins = scaled ? arm.figures.reliabilityAfterTemperature : arm.figures.reliability;
  const metric = scaled ? "eceAfterTemperature" : "ece";
  const ece = formatValue(metric, arm.metrics[metric]?.mean ?? Number.NaN, 1);
  const label = armLabel(arm);
  return reliabilityPanel({
    name: `reliability-${armSlug(arms, index)}${scaled ? "-temperature-scaled" : ""}`,
    title: `${label}, ${state}: ECE\u00a0${ece}`,
    alt: `Reliability diagram of ${label}, ${state}: mean ECE ${ece}. ${fullestBin(bins)}`,
    bins,
    color: armMark(index).color,
    confidenceLevel,
    repeats: seeds,
  });
}
