import { armInWords } from "./arm-naming.ts";
import type { Arm } from "./results.ts";
import { type Evidence, seedCount, temperatureFitted } from "./verdict-evidence.ts";
import { counted, inWords, namedArms, numbersInWords } from "./verdict-wording.ts";

/** A mean confidence nearer to the accuracy than this (1 percentage point) is not called over- or under-confident. */
const leastGap = 0.01;

/** Arms whose confidence lies below their accuracy, by a point or more, with T < 1, on every seed. */
export function underConfident(evidence: Evidence): string[] {
  return miscalibrated(evidence, -1, "under-confident", "below", "its probabilities need sharpening");
}

/** Arms whose confidence lies above their accuracy, by a point or more, with T > 1, on every seed. */
export function overConfident(evidence: Evidence): string[] {
  return miscalibrated(evidence, 1, "over-confident", "above", "its probabilities need softening");
}

/** Arms where some seed has no temperature between 0 and ∞: what is said "after temperature" fails there. */
export function temperatureNotFitted(evidence: Evidence): string[] {
  return evidence.arms
    .filter((arm) => arm.metrics.temperature !== undefined && !temperatureFitted(arm))
    .map((arm) => {
      const perSeed = arm.metrics.temperature?.perSeed ?? [];
      const zero = perSeed.filter((t) => t === 0).length;
      const other = perSeed.filter((t) => !(Number.isFinite(t) && t >= 0)).length;
      const causes = [
        ...(zero === 0 ? [] : [`T = 0 on ${counted(zero, "seed")}, where every validation row is right`]),
        ...(other === 0 ? [] : [`no finite T on ${counted(other, "seed")}, where guessing would do better`]),
      ];
      return (
        `The temperature of ${armInWords(arm)} has no optimum between 0 and infinity (${inWords(causes)}), ` +
        `so nothing is concluded from its numbers after temperature scaling.`
      );
    });
}

function miscalibrated(evidence: Evidence, sign: 1 | -1, name: string, side: string, remedy: string): string[] {
  const arms = evidence.arms.filter((arm) => isMiscalibrated(arm, sign));
  if (arms.length === 0) return [];
  const gaps = arms.map((arm) => 100 * Math.abs(arm.metrics.overconfidence?.mean ?? Number.NaN));
  const temperatures = arms.map((arm) => arm.metrics.temperature?.mean ?? Number.NaN);
  const seeds = seedCount(evidence);
  return [
    `With ${namedArms(arms)} the classifier is ${name}: its mean confidence lies ${numbersInWords(gaps, 1)} percentage points ` +
      `${side} its accuracy, and the temperature fitted on validation rows is T = ${numbersInWords(temperatures, 2)}, ${side} 1 on ` +
      `${seeds === 1 ? "its one seed" : `all ${seeds} seeds`}, so ${remedy}.`,
  ];
}

function isMiscalibrated(arm: Arm, sign: 1 | -1): boolean {
  const { overconfidence, temperature } = arm.metrics;
  if (overconfidence === undefined || temperature === undefined || !temperatureFitted(arm)) return false;
  return (
    sign * overconfidence.mean >= leastGap &&
    overconfidence.perSeed.every((gap) => sign * gap > 0) &&
    temperature.perSeed.every((t) => sign * (t - 1) > 0)
  );
}
