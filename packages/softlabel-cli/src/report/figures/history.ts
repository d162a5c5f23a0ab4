import * as Plot from "@observablehq/plot";
import type { Arm, EpochPoint, Results } from "../../experiment/results.ts";
import { formatNumber } from "../../experiment/verdict-metrics.ts";
import { armLabel, armLegend, armSlug } from "../arm-labels.ts";
import { drawPanel, type Panel } from "../drawing.ts";
import { type Figure, panelSize } from "../figure.ts";
import { armMark } from "../theme.ts";
import { epochAxis, isTold, meanByEpoch } from "./epochs.ts";

/** Training loss of every arm with its floor: one panel each, because smoothed losses do not compare; `null` untold. */
export function trainingLoss(results: Results): Figure | null {
  const { arms } = results;
  const drawn = arms.flatMap((arm, index) => (isTold(arm, "trainLoss") ? [index] : []));
  if (drawn.length === 0) return null;
  const floors = arms.some((arm) => isTold(arm, "trainFloor"));
  return {
    id: "training-loss",
    title: floors ? "Training loss and its floor" : "Training loss",
    caption:
      "The loss that was minimised, one thin line per seed and the mean in bold. " +
      (floors
        ? "The dotted line is the floor H(q′), the least that this loss can be: it moves with ε, so losses are never " +
          "compared across panels, only their distance to the floor."
        : "The least that it can be, H(q′), moves with ε, so losses are never compared across panels."),
    groups: drawn.map((index) => [lossPanel(arms, index)]),
    size: "small",
    legend: [],
    csv: historyCsv(results),
  };
}

/** Validation NLL and accuracy over the epochs, all arms together: unsmoothed, so that they compare; `null` untold. */
export function validationCurves(results: Results): Figure | null {
  const { arms } = results;
  const fields = (["validationNll", "validationAccuracy"] as const).filter((field) =>
    arms.some((arm) => isTold(arm, field)),
  );
  if (fields.length === 0) return null;
  return {
    id: "validation",
    title: "Was it still improving?",
    caption:
      "Validation rows after each epoch, hard labels, no temperature: these do compare across ε. Thin lines are seeds, " +
      "bold lines their mean. Where the NLL still falls at the right edge, more epochs may change the comparison.",
    groups: [fields.map((field) => validationPanel(results, field))],
    size: "wide",
    legend: armLegend(arms, "line").filter((_, i) => fields.some((field) => isTold(arms[i] as Arm, field))),
    csv: historyCsv(results),
  };
}

function historyCsv({ arms, experiment: { seeds } }: Results): Figure["csv"] {
  return {
    name: "history",
    columns: [
      "arm",
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
          arm.name,
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

function lossPanel(arms: readonly Arm[], index: number): Panel {
  const arm = arms[index] as Arm;
  const { history } = arm.figures;
  const label = armLabel(arm);
  const floor = meanByEpoch(history, "trainFloor", 1);
  const loss = meanByEpoch(history, "trainLoss", 1);
  const nats = (value: number | undefined): string => formatNumber(value ?? Number.NaN, 3);
  return drawPanel(
    {
      name: `training-loss-${armSlug(arms, index)}`,
      title: `${label}, loss (nats)`,
      alt:
        `Training loss with ${label}, mean over seeds: from ${nats(loss[0]?.value)} in the first epoch to ` +
        `${nats(loss.at(-1)?.value)} nats in the last${floor.length === 0 ? "" : `; its floor is ${nats(floor.at(-1)?.value)} nats`}.`,
    },
    {
      ...panelSize.small,
      marginTop: 8,
      marginRight: 8,
      marginLeft: 32,
      marginBottom: 30,
      x: epochAxis([history]),
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

function validationPanel({ arms }: Results, field: "validationNll" | "validationAccuracy"): Panel {
  const [name, title, scale] =
    field === "validationNll"
      ? ["validation-nll", "Validation NLL (nats)", 1]
      : ["validation-accuracy", "Validation accuracy (%)", 100];
  const means = arms.map((arm) => meanByEpoch(arm.figures.history, field, scale));
  const decimals = scale === 100 ? 2 : 3;
  const ends = arms.flatMap((arm, i) =>
    isTold(arm, field)
      ? [`${formatNumber(means[i]?.at(-1)?.value ?? Number.NaN, decimals)} with ${armLabel(arm)}`]
      : [],
  );
  return drawPanel(
    {
      name,
      title,
      alt: `${title} by epoch, mean over seeds; after the last epoch ${ends.join(", ")}.`,
    },
    {
      ...panelSize.wide,
      marginTop: 10,
      marginRight: 12,
      marginLeft: 42,
      marginBottom: 34,
      x: epochAxis(arms.map((arm) => arm.figures.history)),
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
