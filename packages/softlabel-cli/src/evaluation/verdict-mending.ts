import type { EvaluatedArm, EvaluationOptions, RecalibratedArm } from "./evaluation.ts";
import {
  type ArmRule,
  changeInPoints,
  changeInUnits,
  intervalName,
  numberWithInterval,
  plain,
  shareWithInterval,
} from "./verdict-words.ts";

/** What each recalibrator mends and leaves, where its intervals show it; the rest in one sentence. */
export const mended: ArmRule = (arm, options) => {
  const entries = Object.entries(arm.recalibrated);
  const told = entries.flatMap(([method, recalibrated]) => ofMethod(method, recalibrated, arm, options));
  return [...told, ...sharedRemarks(entries)];
};

/** What searches say of themselves, each remark once for all methods that make it. */
function sharedRemarks(entries: readonly (readonly [string, RecalibratedArm])[]): string[] {
  const methods = new Map<string, string[]>();
  for (const [method, { remarks }] of entries) {
    for (const remark of remarks) methods.set(remark, [...(methods.get(remark) ?? []), named(method)]);
  }
  return [...methods].map(([remark, names]) => `${names.join(", ")}: ${remark}`);
}

function ofMethod(
  method: string,
  recalibrated: RecalibratedArm,
  arm: EvaluatedArm,
  options: EvaluationOptions,
): string[] {
  const { nll, ece } = recalibrated.difference;
  const who = `${named(method)}${temperatureOf(recalibrated, options)}`;
  const change =
    `NLL goes from ${numberWithInterval(plainValue(arm.metrics.nll), options)} to ` +
    `${numberWithInterval(plainValue(recalibrated.metrics.nll), options)}, ${changeInUnits(nll, options)}; ` +
    `ECE from ${shareWithInterval(plainValue(arm.metrics.ece), options)} to ` +
    `${shareWithInterval(plainValue(recalibrated.metrics.ece), options)}, ${changeInPoints(ece, options)}`;
  if (recalibrated.metrics.nll?.value === null) {
    const halves = arm.source.fittedOn?.what === "halves";
    // The temperature that is saved was fitted on all rows, so it is not the one that gave these probabilities.
    const giver = halves ? `${named(method)}, fitted on either half of the rows,` : who;
    return [
      `${giver} gives probability 0 to classes that then occur, so its log-loss is infinite; ECE goes to ${shareWithInterval(recalibrated.metrics.ece, options)}.`,
    ];
  }
  if (arm.metrics.nll?.value === null) {
    return [
      `${who} makes the infinite log-loss finite, ${numberWithInterval(recalibrated.metrics.nll, options)}; ECE from ${shareWithInterval(plainValue(arm.metrics.ece), options)} to ` +
        `${shareWithInterval(plainValue(recalibrated.metrics.ece), options)}, ${changeInPoints(ece, options)}.`,
    ];
  }
  if (options.resamples === 0) return [`${who}: ${change}. Without an interval (--resamples) no change is shown.`];
  if (arm.metrics.accuracy.value === 1) {
    return [`${who}: ${change}. Rows without a mistake cannot show whether it helps on others.`];
  }
  const [probabilities, calibration] = [shown(nll), shown(ece)];
  if (probabilities === "lower" && calibration !== "higher") {
    return [
      `${who} mends ${calibration === "lower" ? "it" : "the probabilities"}: ${change}.${leaves(recalibrated, options)}`,
    ];
  }
  if (probabilities === "higher" && calibration !== "lower") return [`${who} does harm: ${change}.`];
  if (probabilities === "unclear" && calibration === "unclear") return [`${who} shows no change: ${change}.`];
  return [`${who} is no clear gain: ${change}.`];
}

/** What is left after mending, where Kuiper's test still sees it. */
function leaves(recalibrated: RecalibratedArm, options: EvaluationOptions): string {
  const { kuiper, smoothEce } = recalibrated.metrics;
  if ((kuiper.p ?? 1) >= 0.05) return " What is left cannot be told from chance (Kuiper's test).";
  return ` It leaves a smooth ECE of ${shareWithInterval(smoothEce, options)}.`;
}

function temperatureOf({ parameters, interval }: RecalibratedArm, options: EvaluationOptions): string {
  const { temperature } = parameters;
  if (typeof temperature !== "number") return temperature === "Infinity" ? " (T = ∞)" : "";
  if (interval === undefined) return ` (T = ${plain(temperature)})`;
  return ` (T = ${plain(temperature)}, ${intervalName(options)} ${plain(interval.low)} to ${plain(interval.high ?? Infinity)})`;
}

const names: Readonly<Record<string, string>> = {
  temperature: "Temperature scaling",
  ensemble: "Ensemble temperature scaling",
  vector: "Vector scaling",
  matrix: "Matrix scaling",
  dirichlet: "Dirichlet calibration",
  platt: "Platt scaling",
  beta: "Beta calibration",
  isotonic: "Isotonic calibration",
  histogram: "Histogram binning",
};

const named = (method: string): string => names[method] ?? method;

const plainValue = <Measured extends { readonly value: number | null }>(measured: Measured | undefined) =>
  measured && { value: measured.value, low: null, high: null };

function shown({
  low,
  high,
}: {
  readonly low: number | null;
  readonly high: number | null;
}): "lower" | "higher" | "unclear" {
  if (low === null || high === null) return "unclear";
  return high < 0 ? "lower" : low > 0 ? "higher" : "unclear";
}
