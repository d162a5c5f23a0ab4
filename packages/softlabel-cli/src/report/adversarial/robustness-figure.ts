import * as Plot from "@observablehq/plot";
import type { AdversarialResults, AttackName, CurvePoint, Training } from "../../experiment/adversarial/results.ts";
import { formatEpsilon } from "../../experiment/verdict-metrics.ts";
import { drawPanel, type Panel } from "../drawing.ts";
import { type Figure, panelSize } from "../figure.ts";
import {
  attackNames,
  normName,
  percent,
  rowsLabel,
  smoothingLegend,
  smoothingMark,
  trainingInWords,
  trainingsOf,
} from "./arm-names.ts";

/** Accuracy against strength: a row of panels for each training, a panel for each attack, a line for each ε. */
export function robustnessFigure(results: AdversarialResults): Figure {
  const { arms, experiment } = results;
  const { attack, data, seeds } = experiment;
  return {
    id: "robustness",
    title: "Accuracy against the strength of the attack",
    caption:
      `Share of the first ${data.attackedRows} test images that stay right, in per cent, at each strength in ${normName(experiment)}; ` +
      `the dotted vertical line is ${attack.epsilon}, the strength of every other number here. Bands are 95% Wilson ` +
      "intervals of the mean on these images. FGSM takes one step and needs the gradient to tell the truth; PGD takes many; a " +
      "transferred attack does not ask this model at all. A line that is higher under FGSM alone is no defence.",
    groups: trainingsOf(results).map((training) => attackNames.map((name) => panel(results, training, name))),
    size: "small",
    legend: smoothingLegend(results),
    csv: {
      name: "robustness",
      columns: [
        "labelSmoothing",
        "training",
        "attack",
        "strength",
        "accuracy",
        "sd",
        "low",
        "high",
        ...seeds.map((seed) => `seed ${seed}`),
      ],
      rows: arms.flatMap(({ labelSmoothing, training, curves }) =>
        attackNames.flatMap((name) =>
          curves[name].map(({ strength, accuracy, low, high }) => [
            labelSmoothing,
            training,
            name,
            strength,
            accuracy.mean,
            accuracy.sd,
            low,
            high,
            ...seeds.map((_, i) => accuracy.perSeed[i] ?? null),
          ]),
        ),
      ),
    },
  };
}

function panel(results: AdversarialResults, training: Training, name: AttackName): Panel {
  const { experiment } = results;
  const arms = results.arms.filter((arm) => arm.training === training);
  const against = `${rowsLabel(name, experiment)}, ${trainingInWords(training, experiment)}`;
  const strongest = Math.max(...experiment.strengths);
  return drawPanel(
    {
      name: `robustness-${training}-${name}`,
      title: sentenceCase(against),
      alt: `Accuracy by strength, ${against}: ${arms
        .map(({ labelSmoothing, curves }) => `ε = ${formatEpsilon(labelSmoothing)} ${fallInWords(curves[name])}`)
        .join("; ")}.`,
    },
    {
      ...panelSize.small,
      marginTop: 8,
      marginRight: 10,
      marginLeft: 32,
      marginBottom: 30,
      x: { domain: [0, strongest || 1], ticks: 4, label: "strength →" },
      y: { domain: [0, 100], ticks: [0, 50, 100], label: null, grid: true },
      marks: [
        Plot.ruleX([experiment.attack.epsilon], { stroke: "var(--muted)", strokeDasharray: "1.5 2.5" }),
        // ε = 0 last: where lines lie on one another, its dashes let the other show.
        ...arms.toReversed().flatMap(({ labelSmoothing, curves }) => {
          const { color, dash, symbol } = smoothingMark(results, labelSmoothing);
          const [x, y] = ["strength", ({ accuracy }: CurvePoint) => 100 * accuracy.mean] as const;
          return [
            Plot.areaY(curves[name], {
              x,
              y1: ({ low }: CurvePoint) => 100 * low,
              y2: ({ high }: CurvePoint) => 100 * high,
              fill: color,
              fillOpacity: 0.18,
            }),
            Plot.line(curves[name], { x, y, stroke: color, strokeWidth: 1.75, strokeDasharray: dash }),
            Plot.dot(curves[name], { x, y, fill: color, symbol, r: 2 }),
          ];
        }),
      ],
    },
  );
}

/** `98.8% at 0, 0.4% at 0.4`: the ends of a curve. */
function fallInWords(curve: readonly CurvePoint[]): string {
  return [curve.at(0), curve.at(-1)]
    .map((point) => `${percent(point?.accuracy.mean)}% at ${point?.strength ?? "–"}`)
    .join(", ");
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
