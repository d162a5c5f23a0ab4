import type { EvaluatedArm, EvaluationResults } from "../../evaluation/evaluation.ts";
import type { Panel } from "../drawing.ts";
import type { Figure } from "../figure.ts";
import { confidencePanel, confidenceScale, readingConfidence } from "../figures/confidence-panel.ts";
import {
  fullestBin,
  readingReliability,
  reliabilityCells,
  reliabilityColumns,
  reliabilityPanel,
} from "../figures/reliability-panel.ts";
import { riskCoveragePanel } from "../figures/risk-coverage-panel.ts";
import { namedLegend } from "../theme.ts";
import { armSuffix, markOf, titled } from "./arm-names.ts";
import { formatMeasure, type MeasureStyle, measureStyles } from "./measures.ts";
import { smoothCsv, smoothPanel } from "./smooth-panel.ts";

/** The figures of the predictions as they are, in the report's order. */
export function evaluationFigures(results: EvaluationResults): readonly Figure[] {
  return [reliability(results), confidence(results), riskCoverage(results)];
}

/** The value of a metric in words: `ECE 10.8%`. */
export function namedMeasure(arm: Pick<EvaluatedArm, "metrics">, name: string): string {
  const style = measureStyles.get(name) as MeasureStyle;
  return `${style.label}\u00a0${formatMeasure(style, arm.metrics[name]?.value)}`;
}

function reliability({ arms, options }: EvaluationResults): Figure {
  const { confidenceLevel } = options;
  const binned = (arm: EvaluatedArm, index: number): Panel => {
    const { reliability: bins } = arm.figures;
    const ece = namedMeasure(arm, "ece");
    return reliabilityPanel({
      name: `reliability${armSuffix(arms, index)}`,
      title: titled(arms, arm, ece),
      alt: `Reliability diagram of ${arm.name}: ${ece}. ${fullestBin(bins)}`,
      bins,
      color: markOf(arms, index).color,
      confidenceLevel,
    });
  };
  return {
    id: "reliability",
    title: "Can the confidence be trusted?",
    caption:
      `Rows by confidence, the largest probability: on the left in bins, on the right without. ${readingReliability(confidenceLevel)} ` +
      `The smooth curve estimates the accuracy at every confidence from the rows near it, by a Gaussian ${widths(arms)}; its band holds ${100 * confidenceLevel}% of ` +
      "the curves of rows drawn again, and the hill at the foot is the density of the rows. Where the hill is flat, the " +
      "curve has few rows to go by.",
    groups: arms.map((arm, index) => [binned(arm, index), smoothPanel(arms, index)]),
    size: "small",
    legend: [],
    csv: {
      name: "reliability",
      columns: ["arm", ...reliabilityColumns],
      rows: arms.flatMap(({ name, figures }) =>
        figures.reliability.map((bin) => [name, ...reliabilityCells(bin, confidenceLevel)]),
      ),
    },
    furtherCsv: [smoothCsv(arms)],
  };
}

/** Files of another calibration error may have another width. */
function widths(arms: readonly EvaluatedArm[]): string {
  const each = arms.map(({ figures }) => String(Number(figures.smooth.width.toFixed(3))));
  return new Set(each).size === 1 ? `of width ${each[0]}` : `whose width is ${each.join(", ")}, file by file`;
}

function confidence({ arms }: EvaluationResults): Figure {
  const scale = confidenceScale(arms.map(({ figures }) => figures.confidence));
  return {
    id: "confidence",
    title: "How sure is it when right, and when wrong?",
    caption: readingConfidence,
    groups: arms.map((arm, index) => [
      confidencePanel({
        name: `confidence${armSuffix(arms, index)}`,
        title: titled(arms, arm, namedMeasure(arm, "auroc")),
        subject: `of ${arm.name}`,
        bins: arm.figures.confidence,
        color: markOf(arms, index).color,
        scale,
      }),
    ]),
    size: "small",
    legend: [],
    csv: {
      name: "confidence",
      columns: ["arm", "low", "high", "rightRows", "wrongRows"],
      rows: arms.flatMap(({ name, figures }) =>
        figures.confidence.map(({ low, high, right, wrong }) => [name, low, high, right, wrong]),
      ),
    },
  };
}

function riskCoverage({ arms }: EvaluationResults): Figure {
  const areas = arms.map((arm) => `${namedMeasure(arm, "aurc")} of ${arm.name}`);
  return {
    id: "risk-coverage",
    title: "If it may decline to answer",
    caption:
      "The classifier answers only the share of rows that it is most confident about (coverage); risk is the error rate " +
      "among those. Lower is better everywhere; the right end is the plain error rate, and the area under the curve is " +
      "the AURC. A flat curve means that confidence does not tell right rows from wrong ones.",
    groups: [
      [
        riskCoveragePanel(
          `Risk–coverage curves: ${areas.join(", ")}; lower is better.`,
          arms.map(({ figures }, index) => ({ ...figures.riskCoverage, mark: markOf(arms, index) })),
        ),
      ],
    ],
    size: "wide",
    legend:
      arms.length === 1
        ? []
        : namedLegend(
            arms.map(({ name }) => name),
            "line",
          ),
    csv: {
      name: "risk-coverage",
      columns: ["arm", "coverage", "risk"],
      rows: arms.flatMap(({ name, figures: { riskCoverage: curve } }) =>
        Array.from(curve.coverage, (coverage, i) => [name, coverage, curve.risk[i] ?? null]),
      ),
    },
  };
}
