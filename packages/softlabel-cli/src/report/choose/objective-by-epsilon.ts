import * as Plot from "@observablehq/plot";
import { isHigherBetter, objectiveInWords, readObjective } from "../../experiment/choose/objective.ts";
import type { ChooseArm, ChooseResults } from "../../experiment/choose/results.ts";
import { objectiveMetric } from "../../experiment/choose/verdict-evidence.ts";
import { formatEpsilon, formatNumber, metricStyles, printedScale } from "../../experiment/verdict-metrics.ts";
import { drawPanel, type Panel } from "../drawing.ts";
import { type Figure, panelSize } from "../figure.ts";

/** What ε is chosen by against ε, seed by seed, and what the rule looks at: how far each ε lies behind the best. */
export function objectiveByEpsilon(results: ChooseResults): Figure {
  return {
    id: "objective",
    title: `${capitalized(objectiveInWords(readObjective(results.experiment.objective.text)))} at each ε`,
    caption:
      "Validation rows. Left: a thin line joins the values of one seed, the bold line their means. Right: what is lost " +
      "against the best ε with the same seed, its mean and one standard error to each side; where the bar reaches zero, ε is " +
      "within one standard error of the best. The larger dot is the chosen ε. The axis of ε is spread out near 0.",
    groups: [[valuesPanel(results), lossesPanel(results)]],
    size: "wide",
    legend: [
      { label: "grid", color: gridColor, glyph: "●", dash: null },
      ...(results.experiment.refined.length > 0
        ? [{ label: "tried afterwards", color: refinedColor, glyph: "▲", dash: null }]
        : []),
    ],
    csv: {
      name: "objective-by-epsilon",
      columns: ["epsilon", "seed", "objective"],
      rows: results.arms.flatMap(({ epsilon, objective }) =>
        objective.perSeed.map((value, i) => [epsilon, results.experiment.seeds[i], value]),
      ),
    },
  };
}

const gridColor = "var(--arm-1)";
const refinedColor = "var(--arm-2)";

function valuesPanel(results: ChooseResults): Panel {
  const { scale, unit, label, better } = unitOf(results);
  const finite = results.arms.filter(({ objective }) => objective.perSeed.every(Number.isFinite));
  const seeds = finite.flatMap(({ epsilon, objective }) =>
    objective.perSeed.map((value, i) => ({ epsilon, value: value * scale, seed: results.experiment.seeds[i] })),
  );
  const means = finite.map((arm) => ({ arm, epsilon: arm.epsilon, value: arm.objective.mean * scale }));
  return drawPanel(
    {
      name: "objective",
      title: `${label}${unit}, ${better} is better`,
      alt: `${label} by ε, means over seeds: ${means.map(({ epsilon, value }) => `${formatNumber(value, 4)} at ε = ${formatEpsilon(epsilon)}`).join(", ")}.`,
    },
    {
      ...frame(results),
      marks: [
        Plot.line(seeds, {
          x: "epsilon",
          y: "value",
          z: "seed",
          stroke: "var(--muted)",
          strokeOpacity: 0.4,
          strokeWidth: 1,
        }),
        Plot.line(means, { x: "epsilon", y: "value", stroke: "currentColor", strokeWidth: 1.6 }),
        ...dots(results, means),
      ],
    },
  );
}

function lossesPanel(results: ChooseResults): Panel {
  const { scale, unit } = unitOf(results);
  const finite = results.arms.filter(({ fromBest }) => Number.isFinite(fromBest.mean));
  const means = finite.map((arm) => {
    const { mean, standardError } = arm.fromBest;
    const error = standardError ?? 0;
    return {
      arm,
      epsilon: arm.epsilon,
      value: mean * scale,
      low: (mean - error) * scale,
      high: (mean + error) * scale,
    };
  });
  return drawPanel(
    {
      name: "behind-the-best",
      title: `Behind ε = ${formatEpsilon(results.chosen.best)}, the best${unit}`,
      alt:
        `How far each ε lies behind the best, with one standard error: ` +
        `${means.map(({ epsilon, value, high }) => `${formatNumber(value, 4)} ± ${formatNumber(high - value, 4)} at ε = ${formatEpsilon(epsilon)}`).join(", ")}.`,
    },
    {
      ...frame(results),
      marks: [
        Plot.ruleY([0], { stroke: "currentColor", strokeDasharray: "3 3" }),
        Plot.link(means, {
          x1: "epsilon",
          x2: "epsilon",
          y1: "low",
          y2: "high",
          stroke: colorOf,
          strokeWidth: 2,
          strokeOpacity: 0.65,
        }),
        ...dots(results, means),
      ],
    },
  );
}

interface Point {
  readonly arm: ChooseArm;
  readonly epsilon: number;
  readonly value: number;
}

function dots({ chosen }: ChooseResults, points: readonly Point[]): readonly Plot.Markish[] {
  return (["grid", "refined"] as const).flatMap((found) => [
    Plot.dot(
      points.filter(({ arm }) => arm.found === found),
      {
        x: "epsilon",
        y: "value",
        fill: colorOf,
        symbol: found === "grid" ? "circle" : "triangle",
        r: (point: Point) => (point.epsilon === chosen.epsilon ? 6 : 3),
      },
    ),
  ]);
}

function colorOf({ arm }: Point): string {
  return arm.found === "grid" ? gridColor : refinedColor;
}

function frame({ arms }: ChooseResults): Plot.PlotOptions {
  return {
    ...panelSize.wide,
    marginTop: 10,
    marginRight: 12,
    marginLeft: 48,
    marginBottom: 32,
    r: { type: "identity" },
    x: {
      // 0.02 and 0.05 would fall together beside 0.3.
      type: "sqrt",
      domain: [0, arms.at(-1)?.epsilon || 1],
      ticks: labelled(arms.map(({ epsilon }) => epsilon)),
      tickFormat: formatEpsilon,
      label: "ε →",
      inset: 8,
    },
    y: { label: null, ticks: 5, grid: true, nice: true },
  };
}

/** The ε whose labels do not run into one another, from the largest down: they stand closest there. */
function labelled(epsilons: readonly number[]): readonly number[] {
  const largest = Math.sqrt(epsilons.at(-1) || 1);
  const kept: number[] = [];
  for (const epsilon of [0, ...epsilons.toReversed()]) {
    const place = Math.sqrt(epsilon) / largest;
    if (kept.every((other) => Math.abs(Math.sqrt(other) / largest - place) > 0.09)) kept.push(epsilon);
  }
  return kept.toSorted((a, b) => a - b);
}

function unitOf(results: ChooseResults): {
  readonly scale: number;
  readonly unit: string;
  readonly label: string;
  readonly better: string;
} {
  const metric = objectiveMetric(results);
  if (metric === null) return { scale: 1, unit: "", label: "Weighted sum, 1 at ε = 0", better: "lower" };
  const { label, unit } = metricStyles[metric];
  return {
    scale: printedScale(metric),
    unit: unit === "nats" ? " (nats)" : unit === "share" ? " (%)" : "",
    label,
    better: isHigherBetter(metric) ? "higher" : "lower",
  };
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
