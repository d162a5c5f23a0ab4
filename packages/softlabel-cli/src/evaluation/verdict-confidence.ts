import { formatCount } from "../experiment/verdict-metrics.ts";
import { exactInterval, gapInterval } from "./verdict-gap.ts";
import { type ArmRule, intervalName, numberWithInterval, points, shareWithInterval } from "./verdict-words.ts";

/** Over- or under-confident, by how much, and what it means of 100 answers. */
export const confidenceAgainstAccuracy: ArmRule = (arm, options) => {
  const { metrics, source } = arm;
  const { accuracy, overconfidence } = metrics;
  const gap = overconfidence.value ?? Number.NaN;
  const share = accuracy.value ?? Number.NaN;
  const interval = gapInterval(arm, options);
  const seen = `on ${formatCount(source.rows)} ${source.rows === 1 ? "row" : "rows"} its mean confidence is ${points(share + gap)}% and its accuracy ${points(share)}%`;
  if (interval === null) {
    const side = gap > 0 ? "above" : "below";
    return [
      `The model's mean confidence lies ${points(Math.abs(gap))} percentage points ${side} its accuracy: ${seen}. Without an interval (--resamples) no direction is shown.`,
    ];
  }
  const { low, high, name: by } = interval;
  if (low > 0 || high < 0) {
    const [name, wrong] = low > 0 ? ["over-confident", "more are wrong"] : ["under-confident", "more are right"];
    const [least, most] = low > 0 ? [low, high] : [-high, -low];
    return [
      `The model is ${name}: ${seen}, ${points(Math.abs(gap))} percentage points apart (${by} ` +
        `${points(least)} to ${points(most)}), so of 100 answers about ${hundredths(gap)} ${wrong} than its confidence says.`,
    ];
  }
  return [
    `Neither over- nor under-confidence is shown: ${seen}, a gap of ${points(gap)} percentage points whose ` +
      `${by}, ${points(low)} to ${points(high)}, holds zero.`,
  ];
};

/** The calibration error, and whether a calibrated model would show as much. */
export const miscalibratedUnseen: ArmRule = (arm, options) => {
  const { ece, smoothEce, kuiper } = arm.metrics;
  const errors =
    `The expected calibration error is ${shareWithInterval(ece, options)}, without bins ` +
    `(smooth ECE) ${shareWithInterval(smoothEce, options)}`;
  const p = kuiper.p ?? 1;
  const interval = gapInterval(arm, options);
  const isGapShown = interval !== null && (interval.low > 0 || interval.high < 0);
  if (p >= significance) {
    const then = isGapShown
      ? ", so it is the mean confidence alone that shows miscalibration"
      : ", so miscalibration is not shown";
    return [
      `${errors}; a calibrated model would show gaps as large as these in ${points(p)} of 100 such files (Kuiper's test)${then}.`,
    ];
  }
  const hidden =
    interval !== null && !isGapShown
      ? "; the model is miscalibrated all the same (Kuiper's test), which its mean confidence does not show"
      : "";
  return [`${errors}${hidden}.`];
};

/** A low calibration error beside a low accuracy says nothing good. */
export const littleMeaning: ArmRule = ({ metrics }, options) => {
  const { ece, accuracy, auroc } = metrics;
  if (!((ece.value ?? 1) < lowError && (accuracy.value ?? 1) < lowAccuracy)) return [];
  return [
    `So low a calibration error means little here: the model is right on ${shareWithInterval(accuracy, options)} of the rows ` +
      `only and knows it, which a model that says its accuracy on every row does too; what it is worth shows in how it tells ` +
      `right rows from wrong ones, AUROC ${numberWithInterval(auroc, options)}.`,
  ];
};

/** What somebody who acts above a threshold of confidence would see. */
export const surestRows: ArmRule = ({ figures, source }, options) => {
  for (const threshold of thresholds) {
    const above = figures.confidence.filter(({ low }) => low >= threshold - 1e-9);
    const right = above.reduce((sum, bin) => sum + bin.right, 0);
    const rows = above.reduce((sum, bin) => sum + bin.right + bin.wrong, 0);
    if (rows < enough) continue;
    const [low, high] = exactInterval(right, rows, options.confidenceLevel);
    const kept =
      high < threshold
        ? "fewer than the threshold promises"
        : low >= threshold
          ? "as many as the threshold promises"
          : "an interval that holds the threshold, so whether it keeps its promise is not shown";
    return [
      `Of the ${formatCount(rows)} rows (${points(rows / source.rows)}%) with a confidence above ${threshold}, ${points(right / rows)}% are right ` +
        `(exact ${intervalName(options)} ${points(low)}% to ${points(high)}%), ${kept}.`,
    ];
  }
  return [];
};

const significance = 0.05;
const lowError = 0.05;
const lowAccuracy = 0.5;
/** Edges of the confidence histogram's 25 bins. */
const thresholds = [0.92, 0.8, 0.6];
const enough = 30;

function hundredths(gap: number): string {
  const count = Math.abs(100 * gap);
  return count >= 1.5 ? String(Math.round(count)) : count >= 0.5 ? "1" : "fewer than 1";
}
