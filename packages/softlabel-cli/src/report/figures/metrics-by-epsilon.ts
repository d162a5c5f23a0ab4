import * as Plot from "@observablehq/plot";
import { type Arm, type MetricName, metricNames, type Results } from "../../experiment/results.ts";
import { formatEpsilon, formatValue, metricStyles, printedScale } from "../../experiment/verdict-metrics.ts";
import { drawPanel, type Panel } from "../drawing.ts";
import { type Figure, panelSize } from "../figure.ts";
import { armMark } from "../theme.ts";

/** ε against each metric: a dot per seed, joined to the same seed's dot at the next ε, and a bar at the mean. */
export function metricsByEpsilon({ arms, experiment }: Results): Figure {
  const shown = metricNames.filter((metric) => arms.every((arm) => arm.metrics[metric] !== undefined));
  return {
    id: "metrics",
    title: "Each metric at each ε",
    caption:
      "A dot is one seed, the bar is the mean over seeds. A thin line joins the dots of one seed, which differ in ε " +
      "alone: when all lines slope the same way, every seed agrees. Each panel has its own scale and it need not begin at zero.",
    groups: shown.map((metric) => [metricPanel(arms, metric, experiment.seeds)]),
    size: "small",
    legend: [],
    csv: {
      name: "metrics-by-epsilon",
      columns: ["epsilon", "seed", ...shown],
      rows: arms.flatMap((arm) =>
        experiment.seeds.map((seed, i) => [
          arm.epsilon,
          seed,
          ...shown.map((metric) => arm.metrics[metric]?.perSeed[i] ?? null),
        ]),
      ),
    },
  };
}

function metricPanel(arms: readonly Arm[], metric: MetricName, seeds: readonly number[]): Panel {
  const { label, better, decimals, unit } = metricStyles[metric];
  const scale = printedScale(metric);
  const dots = arms.flatMap((arm, index) =>
    (arm.metrics[metric]?.perSeed ?? []).flatMap((value, i) =>
      Number.isFinite(value) ? [{ index, value: value * scale, seed: seeds[i] }] : [],
    ),
  );
  const means = arms.flatMap((arm, index) => {
    const mean = arm.metrics[metric]?.mean;
    return mean === undefined || !Number.isFinite(mean)
      ? []
      : [{ left: index - 0.24, right: index + 0.24, mean: mean * scale }];
  });
  const direction = better === "neither" ? "" : `, ${better} is better`;
  const inUnit = unit === "share" ? " (%)" : unit === "nats" ? " (nats)" : "";
  return drawPanel(
    {
      name: `metric-${metric}`,
      title: `${label}${inUnit}`,
      alt: `${label} by ε${direction}. Means over seeds: ${arms
        .map((arm) => {
          const mean = formatValue(metric, arm.metrics[metric]?.mean ?? Number.NaN, decimals.table);
          return `${mean} at ε = ${formatEpsilon(arm.epsilon)}`;
        })
        .join(", ")}.`,
    },
    {
      ...panelSize.small,
      marginTop: 8,
      marginRight: 6,
      marginLeft: 42,
      marginBottom: 30,
      // Arms stand at equal steps: on a scale of ε itself, 0.01 and 0.02 would fall together beside 0.5.
      x: {
        domain: [-0.5, arms.length - 0.5],
        ticks: arms.map((_, index) => index),
        tickFormat: (index: number) => formatEpsilon(arms[index]?.epsilon ?? Number.NaN),
        label: "ε →",
      },
      y: { label: null, ticks: 4, grid: true, nice: true },
      marks: [
        Plot.line(dots, {
          x: "index",
          y: "value",
          z: "seed",
          stroke: "var(--muted)",
          strokeOpacity: 0.35,
          strokeWidth: 1,
        }),
        ...arms.map((_, index) =>
          Plot.dot(
            dots.filter((dot) => dot.index === index),
            {
              x: "index",
              y: "value",
              fill: armMark(index).color,
              symbol: armMark(index).symbol,
              r: 2.6,
              fillOpacity: 0.85,
            },
          ),
        ),
        Plot.link(means, { x1: "left", x2: "right", y1: "mean", y2: "mean", stroke: "currentColor", strokeWidth: 2 }),
      ],
    },
  );
}
