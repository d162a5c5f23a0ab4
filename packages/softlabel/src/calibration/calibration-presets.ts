import type { CalibrationErrorOptions } from "./expected-calibration-error.ts";

/** A library or paper whose calibration error is reproduced, by name. */
export type CalibrationPreset = "guo" | "torchmetrics" | "torch-uncertainty" | "netcal" | "google-um";

/**
 * The calibration errors of other libraries at their defaults: options of {@link expectedCalibrationError}.
 *
 * All are the l1 norm over bins of equal width, with the confidence in the predicted class; they differ in the number
 * of bins and in the bin of a confidence that lies on an edge, 1 among them. Two classes: torchmetrics,
 * torch-uncertainty and net:cal judge the positive class, {@link classOutcomes}. The numbers agree to the rounding of
 * float32, in which torchmetrics, torch-uncertainty and Guo et al. keep confidences and edges, but where a
 * confidence lies between an edge and its float32.
 *
 * - `"guo"`: 15 bins (lo, hi]; `_ECELoss` of temperature_scaling.py,
 *   https://github.com/gpleiss/temperature_scaling. A confidence of 0 would be in no bin; the largest of a row never is.
 * - `"torchmetrics"`: 15 bins [lo, hi), and 1 alone in a 16th; `_binning_bucketize` of
 *   functional/classification/calibration_error.py, https://github.com/Lightning-AI/torchmetrics.
 * - `"torch-uncertainty"`: that of torchmetrics with 10 bins; metrics/classification/calibration_error.py,
 *   https://github.com/ENSTA-U2IS-AI/torch-uncertainty.
 * - `"netcal"`: 10 bins [lo, hi), 1 in the last; ECE of metrics/Miscalibration.py,
 *   https://github.com/EFS-OpenSource/calibration-framework. It clips confidences to [u, 1 − u], u the spacing of their
 *   type at 1; so a confidence of 1 counts 1 − u.
 * - `"google-um"`: 30 bins [lo, hi), and 1 alone in a 31st; `ece` of numpy/general_calibration_error.py,
 *   https://github.com/google/uncertainty-metrics. With {@link classwiseCalibrationError} it is its `sce`, which leaves
 *   out probabilities of exactly 0: hence the threshold. Its TensorFlow metric has 15 bins, and 1 in the last.
 */
export const calibrationPresets: Readonly<Record<CalibrationPreset, CalibrationErrorOptions>> = {
  guo: { bins: 15, binning: "uniform", edges: "(lo,hi]", norm: "l1" },
  torchmetrics: { bins: 15, binning: "uniform", edges: "[lo,hi),{1}", norm: "l1" },
  "torch-uncertainty": { bins: 10, binning: "uniform", edges: "[lo,hi),{1}", norm: "l1" },
  netcal: { bins: 10, binning: "uniform", edges: "[lo,hi)", norm: "l1" },
  "google-um": { bins: 30, binning: "uniform", edges: "[lo,hi),{1}", norm: "l1", threshold: 0 },
};

/** A library whose error over bins of equal mass is reproduced, by name. */
export type AdaptivePreset = "torch-uncertainty" | "google-um" | "google-um-thresholded";

/**
 * The adaptive calibration errors of other libraries at their defaults, bins of equal mass and the l1 norm.
 *
 * - `"torch-uncertainty"`: 10 bins of the top label; `adaptive=True` of {@link expectedCalibrationError}. Reproduced
 *   where no two rows tie: its bins split rows that tie by an order that is not stated.
 * - `"google-um"`: 30 bins cut at rounded rows, probabilities of exactly 0 left out; with
 *   {@link classwiseCalibrationError} `ace` of numpy/general_calibration_error.py,
 *   https://github.com/google/uncertainty-metrics, and with `norm: "l2"` of the top label its `rmsce`.
 * - `"google-um-thresholded"`: the same of probabilities above 0.01 only, its `tace`.
 * @see Nixon et al. 2019, §3, https://arxiv.org/abs/1904.01685
 */
export const adaptivePresets: Readonly<Record<AdaptivePreset, CalibrationErrorOptions>> = {
  "torch-uncertainty": { bins: 10, binning: "equal-mass", norm: "l1" },
  "google-um": { bins: 30, binning: "equal-mass", cuts: "rounded", norm: "l1", threshold: 0 },
  "google-um-thresholded": { bins: 30, binning: "equal-mass", cuts: "rounded", norm: "l1", threshold: 0.01 },
};
