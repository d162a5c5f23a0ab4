import { ArgumentError } from "softlabel";
import {
  confidenceHistogram,
  type Outcomes,
  reliabilityDiagram,
  riskCoverageCurve,
  templateProjection,
} from "softlabel/calibration";
import type { TrialJudgement } from "./judge-trial.ts";
import type { Penultimate } from "./read-trial.ts";
import type { ArmFigures, EpochPoint } from "./results.ts";

/** What the figures of one arm are drawn from; lists are in the order of the seeds. */
export interface FigureSources {
  readonly judgements: readonly TrialJudgement[];
  readonly histories: readonly (readonly EpochPoint[])[];
  /** Of the first seed. */
  readonly penultimate: Penultimate;
}

const histogramBins = 20;
/** 1 %, 2 %, … 100 %. */
const coverageGrid = Float64Array.from({ length: 100 }, (_, i) => (i + 1) / 100);
/** Müller et al. 2019 choose three classes; which ones is free. */
const projectedClasses = [0, 1, 2] as const;
const pointsPerClass = 100;

/** The data of one arm's figures: test rows of all seeds pooled, risks averaged, histories one by one. */
export function armFigures({ judgements, histories, penultimate }: FigureSources): ArmFigures {
  const before = pool(judgements.map(({ outcomes }) => outcomes));
  const after = pool(judgements.map(({ outcomesAfterTemperature }) => outcomesAfterTemperature));
  return {
    reliability: reliabilityDiagram(before),
    reliabilityAfterTemperature: reliabilityDiagram(after),
    confidence: confidenceHistogram(before, { bins: histogramBins }),
    confidenceAfterTemperature: confidenceHistogram(after, { bins: histogramBins }),
    riskCoverage: meanRisk(judgements.map(({ outcomes }) => outcomes)),
    history: histories,
    penultimate: project(penultimate),
  };
}

function pool(parts: readonly Outcomes[]): Outcomes {
  const rows = parts.reduce((sum, { correct }) => sum + correct.length, 0);
  const confidence = new Float64Array(rows);
  const correct = new Uint8Array(rows);
  let at = 0;
  for (const part of parts) {
    confidence.set(part.confidence, at);
    correct.set(part.correct, at);
    at += part.correct.length;
  }
  return { confidence, correct };
}

/** Not pooled: each seed is a classifier of its own, and abstains by its own order of confidence. */
function meanRisk(parts: readonly Outcomes[]): ArmFigures["riskCoverage"] {
  const curves = parts.map((outcomes) => riskCoverageCurve(outcomes, { coverage: coverageGrid }).risk);
  return {
    coverage: [...coverageGrid],
    risk: Array.from(coverageGrid, (_, i) => curves.reduce((sum, risk) => sum + risk[i], 0) / curves.length),
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
