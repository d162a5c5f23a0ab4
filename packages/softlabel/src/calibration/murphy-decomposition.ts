import { confidenceLevels } from "./confidence-levels.ts";
import { type BinningOptions, reliabilityDiagram } from "./reliability-diagram.ts";
import type { Outcomes } from "./top-label.ts";

/** The Brier score of one event in parts: reliability − resolution + uncertainty + what happens within the bins. */
export interface MurphyDecomposition {
  /** mean of (c − y)², c the confidence, y whether it came true. */
  readonly score: number;
  /** Σ n(b)/N · (confidence(b) − accuracy(b))²; 0 where every bin is calibrated. */
  readonly reliability: number;
  /** Σ n(b)/N · (accuracy(b) − accuracy)²; how different the bins are. */
  readonly resolution: number;
  /** accuracy · (1 − accuracy). */
  readonly uncertainty: number;
  /** 1/N · Σ (c − confidence(b))², the variance of the confidences within bins. */
  readonly withinBinVariance: number;
  /** 2/N · Σ (c − confidence(b))·(y − accuracy(b)), what confidences still tell within bins. */
  readonly withinBinCovariance: number;
}

/**
 * Murphy's decomposition of the Brier score of one event over bins, with the terms that make it add up.
 *
 *     score = reliability − resolution + uncertainty + withinBinVariance − withinBinCovariance
 *
 * The three classical terms add up to the score only when the confidences of a bin are equal; the two within-bin terms
 * are what is missing otherwise. All depend on the bins: {@link corpDecomposition} does not.
 * @param outcomes - One row at least.
 * @param options - As in {@link reliabilityDiagram}.
 * @throws {@link ArgumentError} if outcomes or options are out of range.
 * @example
 * const parts = murphyDecomposition({ confidence: [0.8, 0.6, 0.2], correct: [1, 0, 0] }, { bins: 2 });
 * parts.reliability; // 0.04
 * parts.resolution; // 0.05555555
 * parts.withinBinVariance; // 0.00666666
 * @see Murphy 1973, https://doi.org/10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2
 * @see Stephenson, Coelho and Jolliffe 2008, https://doi.org/10.1175/2007WAF2006116.1
 */
export function murphyDecomposition(outcomes: Outcomes, options: BinningOptions = {}): MurphyDecomposition {
  const bins = reliabilityDiagram(outcomes, options).filter(({ count }) => count > 0);
  const levels = confidenceLevels(outcomes);
  const rows = outcomes.confidence.length;
  const accuracy = bins.reduce((sum, bin) => sum + bin.count * bin.accuracy, 0) / rows;
  let score = 0;
  let reliability = 0;
  let resolution = 0;
  let variance = 0;
  let covariance = 0;
  let level = 0;
  for (const bin of bins) {
    reliability += bin.count * (bin.confidence - bin.accuracy) ** 2;
    resolution += bin.count * (bin.accuracy - accuracy) ** 2;
    // Bins ascend and split no level, so each holds the next of them.
    for (let left = bin.count; left > 0; level++) {
      const [c, right, wrong] = [levels.confidence[level], levels.right[level], levels.wrong[level]];
      score += right * (1 - c) ** 2 + wrong * c ** 2;
      variance += (right + wrong) * (c - bin.confidence) ** 2;
      covariance += (c - bin.confidence) * (right * (1 - bin.accuracy) - wrong * bin.accuracy);
      left -= right + wrong;
    }
  }
  return {
    score: score / rows,
    reliability: reliability / rows,
    resolution: resolution / rows,
    uncertainty: accuracy * (1 - accuracy),
    withinBinVariance: variance / rows,
    withinBinCovariance: (2 * covariance) / rows,
  };
}
