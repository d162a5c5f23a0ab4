import type { EpochMeasures } from "../trials.ts";

/** What candidates are compared by while they train: unsmoothed, on validation rows, as it may be compared across ε. */
export type TuningMeasure = "validationNll" | "validationAccuracy";

/** The measure that goes with what is to be chosen by: accuracy with accuracy alone, likelihood with everything else. */
export function measureFor(objectives: readonly string[]): TuningMeasure {
  return objectives.every((objective) => objective === "accuracy") ? "validationAccuracy" : "validationNll";
}

export function betterOf(measure: TuningMeasure): "lower" | "higher" {
  return measure === "validationNll" ? "lower" : "higher";
}

/** `null` where the trainer did not measure it. */
export function measured(measures: Partial<EpochMeasures>, measure: TuningMeasure): number | null {
  return measures[measure] ?? null;
}

/** How a trainer writes it. */
export function writtenMeasure(measure: TuningMeasure): string {
  return measure === "validationNll" ? "validation_nll" : "validation_accuracy";
}
