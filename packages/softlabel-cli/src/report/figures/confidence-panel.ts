import * as Plot from "@observablehq/plot";
import type { ConfidenceBin } from "softlabel/calibration";
import { drawPanel, type Panel } from "../drawing.ts";
import { panelSize } from "../figure.ts";

/** What the upper and the lower half of every panel run to, in per cent. */
export interface ConfidenceScale {
  readonly right: number;
  readonly wrong: number;
}

/** What a confidence histogram shows, and how. */
export interface ConfidenceDrawing extends Pick<Panel, "name" | "title"> {
  /** Whose confidence it is: the panel's description says it. */
  readonly subject: string;
  readonly bins: readonly ConfidenceBin[];
  readonly color: string;
  readonly scale: ConfidenceScale;
}

/** Said below every confidence histogram. */
export const readingConfidence: string =
  "Upward, the confidence of rows answered right; downward, of rows answered wrong, each as a share of its own kind, " +
  "and each half on its own scale, the same in all panels. They should part: right answers to the right, wrong ones " +
  "to the left.";

/** One scale for several histograms. */
export function confidenceScale(all: readonly (readonly ConfidenceBin[])[]): ConfidenceScale {
  return { right: tallest(all, "right"), wrong: tallest(all, "wrong") };
}

/** Rows per bin as a percentage of all rows of that kind, in every histogram. */
function tallest(all: readonly (readonly ConfidenceBin[])[], kind: "right" | "wrong"): number {
  const most = Math.max(...all.flatMap((bins) => bins.map((bin) => percentage(bin[kind], total(bins, kind)))));
  // Room above the tallest bar for the words, then up to the next ten: a limit that a reader can name.
  return Math.min(100, Math.max(10, 10 * Math.ceil((1.15 * most) / 10)));
}

/** Right answers upward, wrong ones downward. */
export function confidencePanel({ name, title, subject, bins, color, scale }: ConfidenceDrawing): Panel {
  const [right, wrong] = [total(bins, "right"), total(bins, "wrong")];
  const halo = { stroke: "var(--page)", strokeWidth: 3, fill: "currentColor" };
  const inset = { insetLeft: 0.5, insetRight: 0.5 };
  return drawPanel(
    {
      name,
      title,
      alt:
        `Histogram of confidence ${subject}. The median confidence lies in ` +
        `${medianBin(bins, "right")} for right answers, in ${medianBin(bins, "wrong")} for wrong ones.`,
    },
    {
      ...panelSize.small,
      marginTop: 10,
      marginRight: 8,
      marginLeft: 38,
      marginBottom: 30,
      x: { domain: [0, 1], ticks: [0, 0.5, 1], label: "confidence →" },
      // Each half runs to its own limit, so that few errors show as well as many right answers.
      y: {
        domain: [-1, 1],
        ticks: [-1, 0, 1],
        tickFormat: (end: number) => (end === 0 ? "0" : `${end > 0 ? scale.right : scale.wrong}%`),
        label: null,
        grid: true,
      },
      marks: [
        Plot.rect(bins, {
          x1: "low",
          x2: "high",
          y1: 0,
          y2: (bin: ConfidenceBin) => percentage(bin.right, right) / scale.right,
          fill: color,
          ...inset,
        }),
        Plot.rect(bins, {
          x1: "low",
          x2: "high",
          y1: 0,
          y2: (bin: ConfidenceBin) => -percentage(bin.wrong, wrong) / scale.wrong,
          fill: color,
          fillOpacity: 0.3,
          stroke: color,
          strokeWidth: 0.75,
          ...inset,
        }),
        Plot.ruleY([0], { stroke: "currentColor" }),
        Plot.text(["right ↑"], { frameAnchor: "top-left", dx: 5, dy: 4, ...halo }),
        Plot.text(["wrong ↓"], { frameAnchor: "bottom-left", dx: 5, dy: -4, ...halo }),
      ],
    },
  );
}

function total(bins: readonly ConfidenceBin[], kind: "right" | "wrong"): number {
  return bins.reduce((sum, bin) => sum + bin[kind], 0);
}

function percentage(count: number, of: number): number {
  return of === 0 ? 0 : (100 * count) / of;
}

/** The bin that holds the median of one kind of answer: `0.90 to 0.95`. */
function medianBin(bins: readonly ConfidenceBin[], kind: "right" | "wrong"): string {
  const half = total(bins, kind) / 2;
  let below = 0;
  for (const bin of bins) {
    below += bin[kind];
    if (half > 0 && below >= half) return `${bin.low.toFixed(2)} to ${bin.high.toFixed(2)}`;
  }
  return "no bin, there are none,";
}
