import * as Plot from "@observablehq/plot";
import type { EvaluatedArm } from "../../evaluation/evaluation.ts";
import type { CsvTable } from "../csv.ts";
import { drawPanel, type Panel } from "../drawing.ts";
import { panelSize } from "../figure.ts";
import { diagonal } from "../figures/reliability-panel.ts";
import { armSuffix, markOf, titled } from "./arm-names.ts";
import { formatMeasure, isNumber, type MeasureStyle, measureStyles } from "./measures.ts";

interface SmoothPoint {
  readonly confidence: number;
  readonly accuracy: number;
  /** Ends of the band; null where no rows were drawn again. */
  readonly low: number | null;
  readonly high: number | null;
  readonly density: number;
}

/** The density's hill reaches this share of the panel's height. */
const hill = 0.22;

/** Accuracy along confidence without bins, with its band and the density of the rows. */
export function smoothPanel(arms: readonly EvaluatedArm[], index: number): Panel {
  const arm = arms[index] as EvaluatedArm;
  const points = smoothPoints(arm);
  const densest = Math.max(...points.map(({ density }) => density));
  const style = measureStyles.get("smoothEce") as MeasureStyle;
  const error = `smooth ECE\u00a0${formatMeasure(style, arm.metrics.smoothEce?.value)}`;
  const { color } = markOf(arms, index);
  const peak = points.find(({ density }) => density === densest);
  return drawPanel(
    {
      name: `smooth${armSuffix(arms, index)}`,
      title: titled(arms, arm, error),
      alt:
        `Smooth reliability diagram of ${arm.name}: ${error}. ` +
        (peak === undefined ? "No rows." : `Rows are densest at confidence ${peak.confidence.toFixed(2)}.`),
    },
    {
      ...panelSize.small,
      marginTop: 18,
      marginRight: 8,
      marginLeft: 32,
      marginBottom: 30,
      x: { domain: [0, 1], ticks: [0, 0.5, 1], label: "confidence →" },
      y: { domain: [0, 1], ticks: [0, 0.5, 1], label: "accuracy", grid: true },
      marks: [
        Plot.areaY(points, {
          x: "confidence",
          y1: 0,
          y2: ({ density }: SmoothPoint) => (hill * density) / densest,
          fill: "var(--muted)",
          fillOpacity: 0.35,
        }),
        Plot.areaY(
          points.filter(({ low, high }) => isNumber(low) && isNumber(high)),
          { x: "confidence", y1: "low", y2: "high", fill: color, fillOpacity: 0.25 },
        ),
        diagonal(),
        Plot.line(points, { x: "confidence", y: "accuracy", stroke: color, strokeWidth: 2 }),
      ],
    },
  );
}

/** The curve's points where it is known, from confidence 0 to 1. */
function smoothPoints({ figures: { smooth } }: EvaluatedArm): readonly SmoothPoint[] {
  return smooth.confidence.flatMap((confidence, i) => {
    const [accuracy, density] = [smooth.accuracy[i], smooth.density[i]];
    const [low, high] = [smooth.low[i] ?? null, smooth.high[i] ?? null];
    return isNumber(accuracy) && isNumber(density) ? [{ confidence, accuracy, low, high, density }] : [];
  });
}

/** The curve, its band and the density of every arm. */
export function smoothCsv(arms: readonly EvaluatedArm[]): CsvTable {
  return {
    name: "smooth",
    columns: ["arm", "confidence", "accuracy", "low", "high", "density"],
    rows: arms.flatMap(({ name, figures: { smooth } }) =>
      smooth.confidence.map((confidence, i) => [
        name,
        confidence,
        smooth.accuracy[i] ?? null,
        smooth.low[i] ?? null,
        smooth.high[i] ?? null,
        smooth.density[i] ?? null,
      ]),
    ),
  };
}
