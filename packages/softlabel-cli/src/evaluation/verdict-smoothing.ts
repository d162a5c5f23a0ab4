import { formatNumber } from "../experiment/verdict-metrics.ts";
import type { EvaluationOptions, RecalibratedArm } from "./evaluation.ts";
import { type ArmRule, intervalName, plain, points } from "./verdict-words.ts";

/** What the ε of the training explains: the floor, the confidence that it aims at, and the temperature that undoes it. */
export const smoothed: ArmRule = ({ smoothing, recalibrated }, options) => {
  if (smoothing === null) return [];
  const { epsilon, floor, smoothedLoss, targetConfidence, meanConfidence, temperature } = smoothing;
  const loss = `Its smoothed loss, ${formatNumber(smoothedLoss, 3)} nats at ε = ${epsilon}, cannot be below ${formatNumber(floor, 3)}, so ${formatNumber(smoothedLoss - floor, 3)} is what is left to learn`;
  const side = meanConfidence < targetConfidence ? "below" : "above";
  const gap = `its mean confidence, ${points(meanConfidence)}%, lies ${side} the ${points(targetConfidence)}% that label smoothing aims at`;
  return [`${loss}; ${gap}.`, ...undoing(temperature, recalibrated.temperature?.interval, options)];
};

function undoing(
  temperature: number | null,
  interval: RecalibratedArm["interval"],
  options: EvaluationOptions,
): string[] {
  if (temperature === null || !(temperature > 0 && temperature < Infinity)) return [];
  if (interval && interval.low <= 1 && (interval.high ?? Infinity) >= 1) {
    return [
      `T = ${plain(temperature)} has 1 in its ${intervalName(options)}, so it is not shown whether the smoothing left the confidence too low.`,
    ];
  }
  if (temperature < 1) {
    return [
      `T = ${plain(temperature)} undoes what the smoothing took from the confidence: below 1, it sharpens every row.`,
    ];
  }
  return [
    `T = ${plain(temperature)} softens the rows further: smoothing left this model no less sure than it should be.`,
  ];
}
