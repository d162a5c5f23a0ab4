import {
  confidenceHistogram,
  evaluatePredictions,
  fitTemperatureScaling,
  fitVectorScaling,
  type Predictions,
  type Recalibrator,
  reliabilityDiagram,
  riskCoverageCurve,
} from "softlabel/calibration";
import type {
  EvaluatedArm,
  EvaluationResults,
  MeasuredValue,
  RecalibratedArm,
} from "../../../../src/evaluation/evaluation.ts";

/** Files that were never written, judged by the library: what a report of them must show is known. */
export interface ImaginedFile {
  readonly name?: string;
  readonly rows?: number;
  readonly classes?: number;
  /** Multiplies the logits: above 1 the model is over-confident. */
  readonly scale?: number;
  readonly classNames?: readonly string[];
  readonly calibrated?: boolean;
}

/** Results of files whose labels are drawn from the softmax of their logits before these are scaled. */
export function imagined(
  files: readonly ImaginedFile[],
  options: Partial<EvaluationResults["options"]> = {},
): EvaluationResults {
  const arms = files.map((file, index) => arm(file, index, options.labelSmoothing ?? null));
  const [first] = arms;
  return {
    schema: "softlabel.evaluate/1",
    verdict: ["The model is over-confident.", "Temperature scaling (T = 1.50) mends it.", "Few rows say little."],
    arms: arms.map((one, index) => ({ ...one, comparison: index === 0 ? null : compared(first, one) })),
    options: {
      bins: 15,
      edges: "(lo,hi]",
      preset: null,
      resamples: 200,
      confidenceLevel: 0.95,
      seed: 3,
      labelSmoothing: null,
      versions: { softlabel: "0.1.0" },
      ...options,
    },
    run: { startedAt: "2026-03-04T05:06:07.000Z", seconds: 4.2, command: "npx softlabel evaluate predictions.npz" },
  };
}

/** The same of files that hold a confidence and whether it was right, and nothing else. */
export function topLabelsOnly(results: EvaluationResults): EvaluationResults {
  const arms = results.arms.map((one): EvaluatedArm => {
    const { top5, nll, brier, classwiseEce, ...metrics } = one.metrics;
    return {
      ...one,
      source: { ...one.source, kind: "top-label", classes: 0, classNames: null, fittedOn: null },
      metrics,
      recalibrated: {},
      smoothing: null,
      classes: [],
      // It says the true class, in words, and not what was predicted.
      mistakes: one.mistakes.map((mistake) => ({ ...mistake, prediction: null, label: `word ${mistake.label}` })),
    };
  });
  return { ...results, arms };
}

function arm(file: ImaginedFile, index: number, epsilon: number | null): EvaluatedArm {
  const { name = `file-${index}.npz`, rows = 300, classes = 4, scale = 1.5, classNames = null } = file;
  const { labels, predictions } = drawn(rows, classes, scale, 17 + index);
  const fitting = drawn(rows, classes, scale, 91 + index);
  const { metrics, summaries, scores } = judged(labels, predictions);
  const methods: readonly Recalibrator[] =
    file.calibrated === false
      ? []
      : [
          fitTemperatureScaling(fitting.labels, fitting.predictions),
          fitVectorScaling(fitting.labels, fitting.predictions),
        ];
  const grid = Array.from({ length: 21 }, (_, i) => i / 20);
  return {
    name,
    source: {
      path: `runs/${name}`,
      hash: "0f".repeat(32),
      kind: "logits",
      rows,
      classes,
      classNames,
      dropped: index,
      fittedOn: methods.length === 0 ? null : { what: "file", rows },
    },
    metrics,
    recalibrated: Object.fromEntries(
      methods.map((method) => [method.method, mended(method, labels, predictions, metrics)]),
    ),
    smoothing:
      epsilon === null
        ? null
        : {
            epsilon,
            floor: 0.5003,
            smoothedLoss: 1.3503,
            targetConfidence: 1 - epsilon + epsilon / classes,
            meanConfidence: 0.7,
            temperature: 0.8,
          },
    figures: {
      reliability: reliabilityDiagram(scores),
      smooth: {
        confidence: grid,
        accuracy: grid.map((t) => 0.9 * t),
        low: grid.map((t) => 0.8 * t),
        high: grid.map((t) => t),
        density: grid.map((t) => t * t),
        width: index === 0 ? 0.05 : 0.0234,
      },
      confidence: confidenceHistogram(scores, { bins: 25 }),
      riskCoverage: plain(riskCoverageCurve(scores, { coverage: Array.from({ length: 50 }, (_, i) => (i + 1) / 50) })),
    },
    classes: summaries,
    mistakes: Array.from(scores.confidence, (confidence, row) => ({
      row,
      label: labels[row] ?? 0,
      prediction: scores.predicted[row] ?? 0,
      confidence,
    }))
      .filter(({ row }) => scores.correct[row] === 0)
      .sort((a, b) => b.confidence - a.confidence)
      .slice(0, 20),
    comparison: null,
  };
}

function judged(
  labels: readonly number[],
  predictions: Predictions,
): {
  readonly metrics: EvaluatedArm["metrics"];
  readonly summaries: EvaluatedArm["classes"];
  readonly scores: ReturnType<typeof evaluatePredictions>["rows"];
} {
  const { metrics, classes, rows } = evaluatePredictions(labels, predictions);
  const measured = Object.entries(metrics).map(([name, { value, ...rest }]): [string, MeasuredValue] => {
    const width = 0.03 * Math.abs(value ?? 0);
    return [
      name,
      { value, low: value === null ? null : value - width, high: value === null ? null : value + width, ...rest },
    ];
  });
  return { metrics: Object.fromEntries(measured), summaries: classes, scores: rows };
}

function mended(
  recalibrator: Recalibrator,
  labels: readonly number[],
  predictions: Predictions,
  before: EvaluatedArm["metrics"],
): RecalibratedArm {
  const { metrics, scores } = judged(labels, recalibrator.apply(predictions));
  const change = (name: string): RecalibratedArm["difference"][string] => {
    const mean = (metrics[name]?.value ?? Number.NaN) - (before[name]?.value ?? Number.NaN);
    return { mean, low: mean - 0.01, high: mean + 0.01 };
  };
  return {
    parameters: recalibrator.parameters as RecalibratedArm["parameters"],
    document: recalibrator.toJSON(),
    ...(recalibrator.method === "temperature" && { interval: { low: 1.2, high: null } }),
    remarks: recalibrator.method === "vector" ? ["The search stopped early."] : [],
    metrics,
    difference: { nll: change("nll"), brier: change("brier"), ece: change("ece") },
    reliability: reliabilityDiagram(scores),
  };
}

function compared(first: EvaluatedArm | undefined, other: EvaluatedArm): EvaluatedArm["comparison"] {
  if (first?.source.rows !== other.source.rows) {
    return { comparable: false, reason: `${first?.name} and ${other.name} have different rows` };
  }
  const mean = (other.metrics.nll?.value ?? 0) - (first?.metrics.nll?.value ?? 0);
  return {
    comparable: true,
    differences: {
      nll: { mean, low: mean - 0.02, high: mean + 0.02, p: 0.004 },
      accuracy: { mean: -0.03, low: -0.05, high: -0.01 },
    },
  };
}

function drawn(
  rows: number,
  classes: number,
  scale: number,
  seed: number,
): { readonly labels: number[]; readonly predictions: Predictions } {
  const uniform = parkMiller(seed);
  const labels: number[] = [];
  const data = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const logits = Array.from({ length: classes }, () => 4 * uniform());
    const total = logits.reduce((sum, z) => sum + Math.exp(z), 0);
    let left = uniform() * total;
    const label = logits.findIndex((z) => {
      left -= Math.exp(z);
      return left <= 0;
    });
    labels.push(Math.max(0, label));
    logits.forEach((z, k) => {
      data[row * classes + k] = scale * z;
    });
  }
  return { labels, predictions: { data, shape: [rows, classes], kind: "logits" } };
}

/** Park and Miller 1988, with their later multiplier: enough for pictures. */
function parkMiller(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

function plain({ coverage, risk }: { coverage: Float64Array; risk: Float64Array }): {
  readonly coverage: number[];
  readonly risk: number[];
} {
  return { coverage: [...coverage], risk: [...risk] };
}
