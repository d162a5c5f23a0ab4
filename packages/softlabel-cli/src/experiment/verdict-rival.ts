import { armInWords } from "./arm-naming.ts";
import type { Arm } from "./results.ts";
import {
  anythingShown,
  baselineOf,
  type Evidence,
  type Judgement,
  judge,
  seedCount,
  smoothedArms,
  temperatureFitted,
} from "./verdict-evidence.ts";
import { counted, fromBaseline, namedArms, stepsInWords } from "./verdict-wording.ts";

/**
 * Whether temperature scaling on the base, which costs nothing at training time, would have given the same.
 *
 * Judged on the NLL of both arms after temperature scaling (the scaling rival at its best, smoothing at its best),
 * then on smoothing as it comes against the scaled rival. Silent where nothing is shown or no temperature was found.
 *
 * @see Guo et al. 2017, https://arxiv.org/abs/1706.04599
 */
export function temperatureScalingRival(evidence: Evidence): string[] {
  if (!anythingShown(evidence) || !temperatureFitted(baselineOf(evidence))) return [];
  const arms = smoothedArms(evidence).filter(
    (arm) => temperatureFitted(arm) && arm.metrics.nllAfterTemperature !== undefined,
  );
  const after = (wanted: Judgement): readonly Arm[] =>
    arms.filter((arm) => judge("nllAfterTemperature", arm.difference?.nllAfterTemperature) === wanted);
  return [
    ...smoothingGivesMore(evidence, after("better")),
    ...scalingGivesMore(evidence, after("worse")),
    ...noDifferenceOnceScaled(evidence, after("unclear")),
  ];
}

function smoothingGivesMore(evidence: Evidence, arms: readonly Arm[]): string[] {
  if (arms.length === 0) return [];
  return [
    `Temperature scaling on ${base(evidence)} would not have given the same as ${namedArms(arms)}: ${scaledBoth}, NLL still falls ` +
      `${fromBaseline(evidence, "nllAfterTemperature", arms)}` +
      `${moreAccurate(arms) ? ", and no temperature changes accuracy" : ""}.`,
    ...asItComes(evidence, arms, "That takes a temperature: as it comes"),
  ];
}

function scalingGivesMore(evidence: Evidence, arms: readonly Arm[]): string[] {
  if (arms.length === 0) return [];
  return [
    `Temperature scaling on ${base(evidence)} gives better probabilities than ${namedArms(arms)} and costs nothing at training ` +
      `time: ${scaledBoth}, NLL rises ${fromBaseline(evidence, "nllAfterTemperature", arms)}.${gainBeside(arms)}`,
  ];
}

function noDifferenceOnceScaled(evidence: Evidence, arms: readonly Arm[]): string[] {
  if (arms.length === 0) return [];
  return [
    `For the probabilities alone, temperature scaling on ${base(evidence)} does as well as ${namedArms(arms)} as far as ` +
      `${counted(seedCount(evidence), "seed")} can tell: ${scaledBoth}, NLL goes ` +
      `${fromBaseline(evidence, "nllAfterTemperature", arms)}.${gainBeside(arms)}`,
    ...asItComes(evidence, arms, "As it comes"),
  ];
}

const scaledBoth = "with one temperature fitted to each arm on validation rows";

/** Smoothing without a temperature of its own against the base with one: only where the answer is shown. */
function asItComes(evidence: Evidence, arms: readonly Arm[], opening: string): string[] {
  const from = baselineOf(evidence).metrics.nllAfterTemperature?.mean ?? Number.NaN;
  return (["worse", "better"] as const).flatMap((judgement) => {
    const judged = arms.filter((arm) => judge("nll", arm.againstTemperatureScaling?.nll) === judgement);
    if (judged.length === 0) return [];
    const steps = judged.flatMap((arm) => {
      const [to, difference] = [arm.metrics.nll?.mean, arm.againstTemperatureScaling?.nll];
      return to === undefined || difference === undefined ? [] : [{ arm, from, to, difference }];
    });
    const [start, side] = judgement === "worse" ? [opening, "above"] : ["Even as it comes", "below"];
    const change = stepsInWords("nll", steps);
    return [
      `${start}, NLL with ${namedArms(judged)} is ${side} that of temperature-scaled ${base(evidence)}, ${change}.`,
    ];
  });
}

function base(evidence: Evidence): string {
  return armInWords(baselineOf(evidence));
}

function gainBeside(arms: readonly Arm[]): string {
  return moreAccurate(arms) ? " The gain in accuracy is what no temperature can give." : "";
}

function moreAccurate(arms: readonly Arm[]): boolean {
  return arms.every((arm) => judge("accuracy", arm.difference?.accuracy) === "better");
}
