import { confidenceHistogram, type Outcomes, reliabilityDiagram, riskCoverageCurve } from "softlabel/calibration";
import type { EvaluationFigures, Mistake } from "./evaluation.ts";
import type { EvaluationRequest } from "./request.ts";
import { type ScoredRows, smoothPoint } from "./scored-rows.ts";
import type { Ends } from "./with-intervals.ts";

/** Points of the risk–coverage curve at most: more than a figure can show. */
const mostCoverages = 1000;
const histogramBins = 25;
const mostMistakes = 20;

/** What the figures of one file are drawn from. */
export function figuresOf(
  set: ScoredRows,
  intervals: Readonly<Record<string, Ends>>,
  { binning }: Pick<EvaluationRequest, "binning">,
): EvaluationFigures {
  const count = Math.min(set.rows, mostCoverages);
  const coverage = Float64Array.from({ length: count }, (_, i) => (i + 1) / count);
  const curve = riskCoverageCurve(set.outcomes, { coverage });
  const points = [...set.smooth.confidence];
  const ends = (side: keyof Ends): number[] => points.flatMap((_, i) => intervals[smoothPoint(i)][side] ?? []);
  const [low, high] = [ends("low"), ends("high")];
  const isWhole = low.length === points.length && high.length === points.length;
  return {
    reliability: reliabilityDiagram(set.outcomes, binning),
    smooth: {
      confidence: points,
      accuracy: [...set.smooth.accuracy],
      low: isWhole ? low : [],
      high: isWhole ? high : [],
      density: [...set.smooth.density],
      width: set.smooth.width,
    },
    confidence: confidenceHistogram(set.outcomes, { bins: histogramBins }),
    riskCoverage: { coverage: [...curve.coverage], risk: [...curve.risk] },
  };
}

/**
 * The wrong rows that the model was surest of, the surest first.
 *
 * @param classes - the class predicted and the true one of each row; null where nobody knows.
 * @param numbers - of each row in its file.
 */
export function surestMistakes(
  { confidence, correct }: Outcomes,
  classes: { readonly predicted: RowClasses | null; readonly labels: RowClasses | null },
  numbers: Uint32Array,
): readonly Mistake[] {
  const wrong = numbers.map((_, at) => at).filter((at) => correct[at] === 0);
  wrong.sort((i, j) => confidence[j] - confidence[i] || i - j);
  return Array.from(wrong.subarray(0, mostMistakes), (at) => ({
    row: numbers[at],
    label: classes.labels?.[at] ?? null,
    prediction: classes.predicted?.[at] ?? null,
    confidence: confidence[at],
  }));
}

type RowClasses = ArrayLike<number | string>;
