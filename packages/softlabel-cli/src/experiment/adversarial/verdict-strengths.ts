import { formatCount, formatEpsilon, formatValue } from "../verdict-metrics.ts";
import { inWords } from "../verdict-wording.ts";
import type { CurvePoint } from "./results.ts";
import { type AdversarialEvidence, armOf, trainingInWords } from "./verdict-words.ts";

/**
 * Where PGD of another strength than the attack's tells the arms apart: what is broken or whole at one strength may not
 * be at another. By the intervals on the attacked rows, as no test over the seeds is made of these.
 */
export function otherStrengths(evidence: AdversarialEvidence): string[] {
  const { experiment, comparisons } = evidence;
  return comparisons.flatMap(({ labelSmoothing, training }) => {
    const [smoothed, plain] = [labelSmoothing, 0].map((epsilon) => armOf(evidence, epsilon, training).curves.pgd);
    const apart = smoothed.flatMap((point, i) => {
      const { strength } = point;
      const own = strength === 0 || strength === experiment.attack.epsilon;
      return own || !areApart(point, plain[i]) ? [] : [`${against(point, plain[i])} at ${formatEpsilon(strength)}`];
    });
    if (apart.length === 0) return [];
    return [
      `Under PGD of other strengths, models ${trainingInWords(training, experiment)} with label smoothing ` +
        `ε = ${formatEpsilon(labelSmoothing)} keep, against those without, ${inWords(apart)}: there the 95% intervals on ` +
        `the ${formatCount(experiment.data.attackedRows)} attacked rows lie apart.`,
    ];
  });
}

function areApart(one: CurvePoint, other: CurvePoint): boolean {
  return one.low > other.high || other.low > one.high;
}

function against(smoothed: CurvePoint, plain: CurvePoint): string {
  const [own, others] = [smoothed, plain].map(({ accuracy }) => formatValue("accuracy", accuracy.mean, 1));
  return `${own} against ${others}`;
}
