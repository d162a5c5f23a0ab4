import type { JudgedArm } from "../../../src/experiment/judge.ts";
import type { LabelledPredictions } from "../../../src/experiment/judge-trial.ts";
import {
  type ArmFigures,
  type ArmSettings,
  type EpochPoint,
  type MetricName,
  metricNames,
} from "../../../src/experiment/results.ts";

/** Logits in float32 as training leaves them: `margin` in favour of the label in all rows but every `wrongEvery`-th. */
export function predictionsOf(rows: number, classes: number, margin: number, wrongEvery: number): LabelledPredictions {
  const labels = Int32Array.from({ length: rows }, (_, row) => (row * 7) % classes);
  const data = Float32Array.from({ length: rows * classes }, (_, i) => Math.sin(i * 1.7) * 0.3);
  for (let row = 0; row < rows; row++) {
    const favoured = row % wrongEvery === 0 ? (labels[row] + 1) % classes : labels[row];
    data[row * classes + favoured] += margin * (1 + 0.3 * Math.sin(row));
  }
  return { labels, predictions: { data, shape: [rows, classes], kind: "logits" } };
}

const noFigures: ArmFigures = {
  reliability: [],
  reliabilityAfterTemperature: [],
  confidence: [],
  confidenceAfterTemperature: [],
  riskCoverage: { coverage: [], risk: [] },
  history: [],
  penultimate: null,
};

/** The settings of an arm that differs in ε alone. */
export function settingsOf(epsilon: number): ArmSettings {
  return { name: `ε = ${epsilon}`, epsilon, prior: "uniform", convention: "all-classes", parameters: {} };
}

/** An arm whose every metric of seed i is `values[i]`, but for those that `given` says. */
export function armOf(
  epsilon: number,
  values: readonly number[],
  given: Partial<Record<MetricName, readonly number[]>> = {},
): JudgedArm {
  return {
    settings: settingsOf(epsilon),
    trials: values.map((_, i) => ({ id: `${epsilon}-${i + 1}`, seed: i + 1 })),
    metrics: values.map((value, i) =>
      Object.fromEntries(metricNames.map((metric) => [metric, given[metric]?.[i] ?? value])),
    ),
    figures: { ...noFigures, history: values.map(() => historyOf(0.5, 0.4)) },
  };
}

export function historyOf(...nll: readonly number[]): readonly EpochPoint[] {
  return nll.map((validationNll, i) => ({
    epoch: i + 1,
    trainLoss: 1,
    trainFloor: 0.5,
    trainCrossEntropy: 0.9,
    validationNll,
    validationAccuracy: 0.9,
  }));
}
