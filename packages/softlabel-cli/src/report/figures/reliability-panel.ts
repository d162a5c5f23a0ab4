import * as Plot from "@observablehq/plot";
import type { ReliabilityBin } from "softlabel/calibration";
import { wilsonInterval } from "../../experiment/wilson-interval.ts";
import { drawPanel, type Panel } from "../drawing.ts";
import { panelSize } from "../figure.ts";

/** What a reliability diagram shows, and how. */
export interface ReliabilityDrawing extends Pick<Panel, "name" | "title" | "alt"> {
  readonly bins: readonly ReliabilityBin[];
  readonly color: string;
  /** Of the Wilson intervals, 0.95 say. */
  readonly confidenceLevel: number;
  /** How often each test row is counted: the intervals are those of `count / repeats` rows. */
  readonly repeats?: number;
}

/** Said below every reliability diagram; its reader needs nothing else. */
export function readingReliability(confidenceLevel: number): string {
  return (
    "A bar’s height is the accuracy in its bin, the dot stands at the bin’s mean confidence, and the whisker is the " +
    `${100 * confidenceLevel}% Wilson interval of the accuracy. The strip above and the bar’s opacity (square root) show ` +
    "the share of rows in the bin. On the dashed diagonal confidence equals accuracy; above it the classifier is " +
    "under-confident, below it over-confident."
  );
}

/** Bins of the strip start here, above the highest accuracy. */
const strip = { from: 1.05, height: 0.13 };

/** Accuracy against confidence, bin by bin, with Wilson intervals and the share of rows in each bin. */
export function reliabilityPanel({
  bins: all,
  color,
  confidenceLevel,
  repeats = 1,
  ...text
}: ReliabilityDrawing): Panel {
  const bins = all.filter(({ count }) => count > 0);
  const most = Math.max(...bins.map(({ count }) => count));
  const edges = { x1: "low", x2: "high", insetLeft: 0.5, insetRight: 0.5 } as const;
  const whiskers = bins.map(({ confidence, accuracy, count }) => ({
    confidence,
    ...wilsonInterval(accuracy, count / repeats, confidenceLevel),
  }));
  return drawPanel(text, {
    ...panelSize.small,
    marginTop: 18,
    marginRight: 8,
    marginLeft: 32,
    marginBottom: 30,
    x: { domain: [0, 1], ticks: [0, 0.5, 1], label: "confidence →" },
    y: { domain: [0, strip.from + strip.height], ticks: [0, 0.5, 1], label: "accuracy", grid: true },
    opacity: { type: "identity" },
    marks: [
      Plot.rect(bins, {
        ...edges,
        y1: strip.from,
        y2: ({ count }: ReliabilityBin) => strip.from + (strip.height * count) / most,
        fill: "var(--muted)",
      }),
      Plot.rect(bins, {
        ...edges,
        y1: 0,
        y2: "accuracy",
        fill: color,
        fillOpacity: ({ count }: ReliabilityBin) => 0.06 + 0.74 * Math.sqrt(count / most),
        stroke: color,
        strokeOpacity: 0.45,
        strokeWidth: 0.75,
      }),
      diagonal(),
      Plot.link(whiskers, { x: "confidence", y1: "low", y2: "high", stroke: "currentColor", strokeWidth: 1 }),
      Plot.dot(bins, { x: "confidence", y: "accuracy", r: 1.8, fill: "currentColor" }),
    ],
  });
}

/** Where confidence equals accuracy. */
export function diagonal(): Plot.Markish {
  const ends = [
    [0, 0],
    [1, 1],
  ] as const;
  return Plot.line(ends, { stroke: "currentColor", strokeDasharray: "3 3", strokeWidth: 1 });
}

/** The fullest bin in words, for those who do not see the panel. */
export function fullestBin(bins: readonly ReliabilityBin[]): string {
  const rows = bins.reduce((sum, { count }) => sum + count, 0);
  if (rows === 0) return "No rows.";
  const { low, high, count } = bins.reduce((fullest, bin) => (bin.count > fullest.count ? bin : fullest));
  const span = `${low.toFixed(2)} to ${high.toFixed(2)}`;
  return `The fullest bin, confidence ${span}, holds ${Math.round((100 * count) / rows)}% of the rows.`;
}

/** Columns of a bin in every CSV file of reliability. */
export const reliabilityColumns: readonly string[] = [
  "low",
  "high",
  "rows",
  "meanConfidence",
  "accuracy",
  "accuracyLow",
  "accuracyHigh",
];

/** The cells of {@link reliabilityColumns}; an empty bin has no confidence, no accuracy and no interval. */
export function reliabilityCells(
  { low, high, count, confidence, accuracy }: ReliabilityBin,
  confidenceLevel: number,
  repeats = 1,
): readonly (number | null)[] {
  if (count === 0) return [low, high, count, null, null, null, null];
  const interval = wilsonInterval(accuracy, count / repeats, confidenceLevel);
  return [low, high, count, confidence, accuracy, interval.low, interval.high];
}
