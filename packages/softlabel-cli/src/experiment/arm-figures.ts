import { ArgumentError } from "softlabel";
import {
  type ConfidenceBin,
  confidenceHistogram,
  type Outcomes,
  type ReliabilityBin,
  reliabilityDiagram,
  riskCoverageCurve,
  templateProjection,
} from "softlabel/calibration";
import type { TrialJudgement } from "./judge-trial.ts";
import type { Penultimate } from "./read-trial.ts";
import type { ArmFigures, EpochPoint } from "./results.ts";

/** The figures of one arm, in the making: of what is added only sums over bins and coverages stay. */
export interface GrowingFigures {
  /**
   * Adds one trial, in the order of the seeds.
   * @param history - `null` where the trial has none.
   */
  add(judgement: TrialJudgement, history: readonly EpochPoint[] | null): void;
  /**
   * @param penultimate - Of the first seed; `null` where there is none.
   * @throws Error before anything was added.
   */
  finish(penultimate: Penultimate | null): ArmFigures;
}

const reliabilityBins = 15;
const histogramBins = 20;
/** 1 %, 2 %, … 100 %. */
const coverageGrid = Float64Array.from({ length: 100 }, (_, i) => (i + 1) / 100);
/** Müller et al. 2019 choose three classes; which ones is free. */
const projectedClasses = [0, 1, 2] as const;
const pointsPerClass = 100;

/**
 * The data of one arm's figures, trial by trial: test rows of all seeds pooled, risks averaged, histories one by one.
 *
 *     count(b) = Σ count(trial, b)        right(b) = Σ right(trial, b)        both exact
 *     confidence(b) = Σ count(trial, b) · confidence(trial, b) / count(b)     rounded a few times more than over all rows
 *     risk(c) = Σ risk(trial, c) / trials
 *
 * Sums run in the order in which trials are added, so the same trials give the same bits, whoever trained them.
 */
export function createArmFigures(): GrowingFigures {
  const before = growingBins();
  const after = growingBins();
  const risk = new Float64Array(coverageGrid.length);
  const histories: (readonly EpochPoint[] | null)[] = [];
  return {
    add({ outcomes, outcomesAfterTemperature }, history) {
      before.add(outcomes);
      after.add(outcomesAfterTemperature);
      // Not pooled: each seed is a classifier of its own, and abstains by its own order of confidence.
      const curve = riskCoverageCurve(outcomes, { coverage: coverageGrid });
      for (let i = 0; i < risk.length; i++) risk[i] += curve.risk[i];
      histories.push(history);
    },
    finish(penultimate) {
      const trials = histories.length;
      if (trials === 0) throw new Error("an arm's figures need a trial, got none");
      const told = histories.filter((history) => history !== null);
      return {
        reliability: before.reliability(),
        reliabilityAfterTemperature: after.reliability(),
        confidence: before.confidence(),
        confidenceAfterTemperature: after.confidence(),
        riskCoverage: { coverage: [...coverageGrid], risk: Array.from(risk, (sum) => sum / trials) },
        history: told.length === trials ? told : [],
        penultimate: penultimate && project(penultimate),
      };
    },
  };
}

/** Rows of one kind of outcomes, in the bins of both figures. */
interface GrowingBins {
  add(outcomes: Outcomes): void;
  reliability(): ArmFigures["reliability"];
  confidence(): ArmFigures["confidence"];
}

function growingBins(): GrowingBins {
  const confidenceSums = new Float64Array(reliabilityBins);
  const rightCounts = new Float64Array(reliabilityBins);
  let diagram: readonly ReliabilityBin[] = [];
  let histogram: readonly ConfidenceBin[] = [];
  return {
    add(outcomes) {
      const own = reliabilityDiagram(outcomes, { bins: reliabilityBins });
      own.forEach(({ count, confidence, accuracy }, bin) => {
        confidenceSums[bin] += count * confidence;
        // The share of a whole number of rows, which it gives back.
        rightCounts[bin] += Math.round(count * accuracy);
      });
      diagram = own.map((bin, at) => ({ ...bin, count: bin.count + (diagram[at]?.count ?? 0) }));
      const added = confidenceHistogram(outcomes, { bins: histogramBins });
      histogram = added.map((bin, at) => ({
        ...bin,
        right: bin.right + (histogram[at]?.right ?? 0),
        wrong: bin.wrong + (histogram[at]?.wrong ?? 0),
      }));
    },
    reliability: () =>
      diagram.map(({ low, high, count }, bin) =>
        count === 0
          ? { low, high, count, confidence: 0, accuracy: 0 }
          : { low, high, count, confidence: confidenceSums[bin] / count, accuracy: rightCounts[bin] / count },
      ),
    confidence: () => histogram,
  };
}

/** `null` with fewer than three classes, or when their templates span no plane. */
function project({ activations, labels, weights }: Penultimate): ArmFigures["penultimate"] {
  const [width, classes] = weights.shape;
  if (classes < projectedClasses.length) return null;
  const chosen = chooseRows(labels.data);
  const rows = Float64Array.from({ length: chosen.length * width }, (_, i) =>
    Number(activations.data[chosen[Math.floor(i / width)] * width + (i % width)]),
  );
  const templates = { data: Float64Array.from(weights.data, Number), shape: [width, classes] as const };
  try {
    const seen = templateProjection({ data: rows, shape: [chosen.length, width] }, templates, projectedClasses);
    return {
      classes: projectedClasses,
      templates: projectedClasses.map((label, i) => ({ ...point(seen.templates.data, i), label })),
      points: chosen.map((row, i) => ({ ...point(seen.points.data, i), label: Number(labels.data[row]) })),
    };
  } catch (error) {
    if (error instanceof ArgumentError) return null;
    throw error;
  }
}

/** The first rows of each projected class: as many of each, so that no class hides another. */
function chooseRows(labels: ArrayLike<number | bigint>): readonly number[] {
  return projectedClasses.flatMap((label) =>
    Array.from(labels, (_, row) => row)
      .filter((row) => Number(labels[row]) === label)
      .slice(0, pointsPerClass),
  );
}

function point(data: Float64Array, row: number): { x: number; y: number } {
  return { x: data[2 * row], y: data[2 * row + 1] };
}
