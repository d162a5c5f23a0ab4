import type { BinningOptions, CalibrationPreset } from "softlabel/calibration";
import type { PredictionsOptions } from "../data/predictions/read-predictions.ts";
import type { RecalibrationMethod } from "./recalibration-methods.ts";
import type { ResamplingOptions } from "./with-intervals.ts";

/** What `softlabel evaluate` was asked. */
export interface EvaluationRequest extends ResamplingOptions {
  /** Files, or `-` for standard input; the first is what others are compared with. */
  readonly files: readonly string[];
  readonly reading: PredictionsOptions;
  readonly methods: readonly RecalibrationMethod[];
  /** A file for each of `files` that recalibrators are fitted on. */
  readonly fitFiles: readonly string[] | null;
  /** The share of the rows that recalibrators are fitted on, where no others are there for that; null for both halves. */
  readonly split: number | null;
  readonly labelSmoothing: number | null;
  readonly binning: Required<Pick<BinningOptions, "bins" | "edges">>;
  readonly preset: CalibrationPreset | null;
  /** The command that asks the same. */
  readonly command: string;
}
