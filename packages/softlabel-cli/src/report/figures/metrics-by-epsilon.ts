import * as Plot from "@observablehq/plot";
import { allNamedByEpsilon, differInEpsilonAlone } from "../../experiment/arm-naming.ts";
import { type Arm, type Experiment, type MetricName, metricNames } from "../../experiment/results.ts";
import { formatEpsilon, formatValue, metricStyles, printedScale } from "../../experiment/verdict-metrics.ts";
import { at } from "../../experiment/verdict-wording.ts";
import { armLegend } from "../arm-labels.ts";
import { drawPanel, type Panel } from "../drawing.ts";
import { type Figure, panelSize } from "../figure.ts";
import { armMark } from "../theme.ts";

/** Arms against each metric: a dot per seed, joined to the same seed's dot of the next arm, and a bar at the mean. */
export function metricsByEpsilon({
  arms,
  experiment,
}: {
  readonly arms: readonly DottedArm[];
  readonly experiment: Pick<Experiment, "seeds" | "trainer">;
}): Figure {
  const byEpsilon = allNamedByEpsilon(arms);
  const shown = metricNames.filter((metric) => arms.every((arm) => arm.metrics[metric] !== undefined));
  return {
    id: "metrics",
    title: byEpsilon ? "Each metric at each ε" : "Each metric of each arm",
    caption:
      `A dot is one seed, the bar is the mean over seeds. A thin line joins the dots of one seed${
        experiment.trainer.kind === "built-in" && differInEpsilonAlone(arms) ? ", which differ in ε alone" : ""
      }: ` +
      "when all lines slope the same way, every seed agrees. Each panel has its own scale and it need not begin at zero.",
    groups: shown.map((metric) => [metricPanel(arms, metric, experiment.seeds)]),
    size: "small",
    legend: byEpsilon && tickStep(arms) === 1 ? [] : armLegend(arms, "dot"),
    csv: {
      name: byEpsilon ? "metrics-by-epsilon" : "metrics-by-arm",
      columns: ["arm", "epsilon", "seed", ...shown],
      rows: arms.flatMap((arm) =>
        experiment.seeds.map((seed, i) => [
          arm.name,
          arm.epsilon,
          seed,
          ...shown.map((metric) => arm.metrics[metric]?.perSeed[i] ?? null),
        ]),
      ),
    },
  };
}

type DottedArm = Omit<Arm, "figures" | "trials" | "againstTemperatureScaling" | "stillImproving">;

/** Every how many arms there is room for an ε below the panel; where it is not every one, the legend has all. */
function tickStep(arms: readonly Pick<Arm, "epsilon">[]): number {
  const longest = Math.max(...arms.map(({ epsilon }) => formatEpsilon(epsilon).length));
  const room = (panelSize.small.width - margins.left - margins.right) / arms.length;
  return Math.ceil((longest * tickLetter) / room);
}

const margins = { left: 42, right: 6 };
/** Width in pixels of a digit of the axis. */
const tickLetter = 6;

function metricPanel(arms: readonly DottedArm[], metric: MetricName, seeds: readonly number[]): Panel {
  const { label, better, decimals, unit } = metricStyles[metric];
  const byEpsilon = allNamedByEpsilon(arms);
  const step = tickStep(arms);
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
      alt: `${label} by ${byEpsilon ? "ε" : "arm"}${direction}. Means over seeds: ${arms
        .map((arm) => {
          const mean = formatValue(metric, arm.metrics[metric]?.mean ?? Number.NaN, decimals.table);
          return `${mean} ${at(arm)}`;
        })
        .join(", ")}.`,
    },
    {
      ...panelSize.small,
      marginTop: 8,
      marginRight: margins.right,
      marginLeft: margins.left,
      marginBottom: 30,
      // Arms stand at equal steps: on a scale of ε itself, 0.01 and 0.02 would fall together beside 0.5.
      x: {
        domain: [-0.5, arms.length - 0.5],
        // A name of its own is in the legend: no panel has room for it.
        ticks: byEpsilon ? arms.map((_, index) => index).filter((index) => index % step === 0) : [],
        tickFormat: (index: number) => formatEpsilon(arms[index]?.epsilon ?? Number.NaN),
        label: byEpsilon ? "ε →" : null,
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
