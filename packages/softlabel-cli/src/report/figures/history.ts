import * as Plot from "@observablehq/plot";
import type { Arm, EpochPoint, Results } from "../../experiment/results.ts";
import { formatEpsilon, formatNumber } from "../../experiment/verdict-metrics.ts";
import { drawPanel, type Panel } from "../drawing.ts";
import { type Figure, panelSize } from "../figure.ts";
import { armLegend, armMark } from "../theme.ts";

/** Training loss of every arm with its floor: one panel each, because smoothed losses do not compare. */
export function trainingLoss(results: Results): Figure {
  return {
    id: "training-loss",
    title: "Training loss and its floor",
    caption:
      "The loss that was minimised, one thin line per seed and the mean in bold. The dotted line is the floor H(q′), the " +
      "least that this loss can be: it moves with ε, so losses are never compared across panels, only their distance to " +
      "the floor.",
    groups: results.arms.map((arm, index) => [lossPanel(arm, index)]),
    size: "small",
    legend: [],
    csv: historyCsv(results),
  };
}

/** Validation NLL and accuracy over the epochs, all arms together: unsmoothed, so that they compare. */
export function validationCurves(results: Results): Figure {
  return {
    id: "validation",
    title: "Was it still improving?",
    caption:
      "Validation rows after each epoch, hard labels, no temperature: these do compare across ε. Thin lines are seeds, " +
      "bold lines their mean. Where the NLL still falls at the right edge, more epochs may change the comparison.",
    groups: [
      [
        validationPanel(results, "validationNll", "Validation NLL (nats)", 1),
        validationPanel(results, "validationAccuracy", "Validation accuracy (%)", 100),
      ],
    ],
    size: "wide",
    legend: armLegend(results.arms, "line"),
    csv: historyCsv(results),
  };
}

function historyCsv({ arms, experiment: { seeds } }: Results): Figure["csv"] {
  return {
    name: "history",
    columns: [
      "epsilon",
      "seed",
      "epoch",
      "trainLoss",
      "trainFloor",
      "trainCrossEntropy",
      "validationNll",
      "validationAccuracy",
    ],
    rows: arms.flatMap((arm) =>
      arm.figures.history.flatMap((series, i) =>
        series.map((point) => [
          arm.epsilon,
          seeds[i] ?? null,
          point.epoch,
          point.trainLoss,
          point.trainFloor,
          point.trainCrossEntropy,
          point.validationNll,
          point.validationAccuracy,
        ]),
      ),
    ),
  };
}

function lossPanel(arm: Arm, index: number): Panel {
  const { history } = arm.figures;
  const epsilon = formatEpsilon(arm.epsilon);
  const floor = meanByEpoch(history, "trainFloor", 1);
  const loss = meanByEpoch(history, "trainLoss", 1);
  return drawPanel(
    {
      name: `training-loss-epsilon-${epsilon}`,
      title: `ε = ${epsilon}, loss (nats)`,
      alt:
        `Training loss with ε = ${epsilon}, mean over seeds: from ${formatNumber(loss[0]?.value ?? Number.NaN, 3)} in the first ` +
        `epoch to ${formatNumber(loss.at(-1)?.value ?? Number.NaN, 3)} nats in the last; its floor is ` +
        `${formatNumber(floor.at(-1)?.value ?? Number.NaN, 3)} nats.`,
    },
    {
      ...panelSize.small,
      marginTop: 8,
      marginRight: 8,
      marginLeft: 32,
      marginBottom: 30,
      x: epochAxis(loss.length),
      y: { zero: true, ticks: 4, label: null, grid: true, nice: true },
      marks: [
        ...curves(history, "trainLoss", 1, index, "none"),
        Plot.line(floor, {
          x: "epoch",
          y: "value",
          stroke: "currentColor",
          strokeWidth: 1.5,
          strokeDasharray: "1.5 3",
        }),
        ...(floor.length === 1 ? [Plot.dot(floor, { x: "epoch", y: "value", r: 2, stroke: "currentColor" })] : []),
        Plot.text(floor.slice(0, 1), {
          x: "epoch",
          y: "value",
          text: () => "floor",
          textAnchor: "start",
          dx: 2,
          dy: -6,
          stroke: "var(--page)",
          strokeWidth: 3,
          fill: "currentColor",
        }),
      ],
    },
  );
}

function validationPanel(
  { arms }: Results,
  field: "validationNll" | "validationAccuracy",
  title: string,
  scale: number,
): Panel {
  const means = arms.map((arm) => meanByEpoch(arm.figures.history, field, scale));
  const decimals = scale === 100 ? 2 : 3;
  const ends = arms.map(
    (arm, i) =>
      `${formatNumber(means[i]?.at(-1)?.value ?? Number.NaN, decimals)} with ε = ${formatEpsilon(arm.epsilon)}`,
  );
  return drawPanel(
    {
      name: scale === 100 ? "validation-accuracy" : "validation-nll",
      title,
      alt: `${title} by epoch, mean over seeds; after the last epoch ${ends.join(", ")}.`,
    },
    {
      ...panelSize.wide,
      marginTop: 10,
      marginRight: 12,
      marginLeft: 42,
      marginBottom: 34,
      x: epochAxis(Math.max(...means.map(({ length }) => length))),
      y: { ticks: 5, label: null, grid: true, nice: true, zero: scale === 1 },
      marks: arms.flatMap((arm, index) => curves(arm.figures.history, field, scale, index, armMark(index).dash)),
    },
  );
}

/** Thin lines of the seeds, the bold line of their mean, and a mark at each epoch so that one epoch shows too. */
function curves(
  history: Arm["figures"]["history"],
  field: keyof EpochPoint,
  scale: number,
  index: number,
  dash: string,
): Plot.Markish[] {
  const { color, symbol } = armMark(index);
  const mean = meanByEpoch(history, field, scale);
  return [
    ...history.map((series) =>
      Plot.line(
        series.map((point) => ({ epoch: point.epoch, value: scale * (point[field] ?? Number.NaN) })),
        { x: "epoch", y: "value", stroke: color, strokeOpacity: 0.35, strokeWidth: 1 },
      ),
    ),
    Plot.line(mean, { x: "epoch", y: "value", stroke: color, strokeWidth: 2, strokeDasharray: dash }),
    ...(mean.length <= 24 ? [Plot.dot(mean, { x: "epoch", y: "value", fill: color, symbol, r: 2.4 })] : []),
  ];
}

function meanByEpoch(
  history: Arm["figures"]["history"],
  field: keyof EpochPoint,
  scale: number,
): { epoch: number; value: number }[] {
  return (history[0] ?? []).map(({ epoch }, i) => {
    const values = history.flatMap((series) => (series[i] === undefined ? [] : [series[i][field] ?? Number.NaN]));
    return { epoch, value: (scale * values.reduce((sum, value) => sum + value, 0)) / values.length };
  });
}

function epochAxis(epochs: number): Plot.ScaleOptions {
  const step = Math.max(1, Math.ceil(epochs / 6));
  return {
    domain: [epochs === 1 ? 0 : 1, Math.max(1, epochs)],
    ticks: Array.from({ length: epochs }, (_, i) => i + 1).filter((epoch) => (epochs - epoch) % step === 0),
    tickFormat: "d",
    label: "epoch →",
  };
}
