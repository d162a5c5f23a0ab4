import { betaQuantile } from "softlabel/statistics";
import { formatCount } from "../experiment/verdict-metrics.ts";
import { type ArmRule, intervalName, numberWithInterval, points, shareWithInterval } from "./verdict-words.ts";

/** Over- or under-confident, by how much, and what it means of 100 answers. */
export const confidenceAgainstAccuracy: ArmRule = ({ metrics, source }, options) => {
  const { accuracy, overconfidence } = metrics;
  const gap = overconfidence.value ?? Number.NaN;
  const share = accuracy.value ?? Number.NaN;
  const { low, high } = overconfidence;
  const seen = `on ${formatCount(source.rows)} rows its mean confidence is ${points(share + gap)}% and its accuracy ${points(share)}%`;
  if (low === null || high === null) {
    const side = gap > 0 ? "above" : "below";
    return [
      `The model's mean confidence lies ${points(Math.abs(gap))} percentage points ${side} its accuracy: ${seen}. Without an interval (--resamples) no direction is shown.`,
    ];
  }
  if (low > 0 || high < 0) {
    const [name, wrong] = low > 0 ? ["over-confident", "more are wrong"] : ["under-confident", "more are right"];
    const [least, most] = low > 0 ? [low, high] : [-high, -low];
    return [
      `The model is ${name}: ${seen}, ${points(Math.abs(gap))} percentage points apart (${intervalName(options)} ` +
        `${points(least)} to ${points(most)}), so of 100 answers about ${hundredths(gap)} ${wrong} than its confidence says.`,
    ];
  }
  return [
    `Neither over- nor under-confidence is shown: ${seen}, a gap of ${points(gap)} percentage points whose ` +
      `${intervalName(options)}, ${points(low)} to ${points(high)}, holds zero.`,
  ];
};

/** The calibration error, and whether a calibrated model would show as much. */
export const miscalibratedUnseen: ArmRule = ({ metrics }, options) => {
  const { ece, smoothEce, kuiper, overconfidence } = metrics;
  const errors =
    `The expected calibration error is ${shareWithInterval(ece, options)}, without bins ` +
    `(smooth ECE) ${shareWithInterval(smoothEce, options)}`;
  const p = kuiper.p ?? 1;
  if (p >= significance) {
    return [
      `${errors}; a calibrated model would show gaps as large as these in ${points(p)} of 100 such files (Kuiper's test), so miscalibration is not shown.`,
    ];
  }
  const { low, high } = overconfidence;
  const cancels = low !== null && high !== null && low <= 0 && high >= 0;
  const hidden = cancels
    ? "; the model is miscalibrated all the same, too sure in one range and not sure enough in another"
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

/** Clopper and Pearson's interval of a share. */
function exactInterval(hits: number, rows: number, level: number): readonly [number, number] {
  const tail = (1 - level) / 2;
  return [
    hits === 0 ? 0 : betaQuantile(tail, hits, rows - hits + 1),
    hits === rows ? 1 : betaQuantile(1 - tail, hits + 1, rows - hits),
  ];
}
