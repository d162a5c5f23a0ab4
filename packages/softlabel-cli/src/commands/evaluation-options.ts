import { resolve } from "node:path";
import { type CalibrationPreset, calibrationPresets } from "softlabel/calibration";
import { type RecalibrationMethod, recalibrationMethods } from "../evaluation/recalibration-methods.ts";
import type { EvaluationRequest } from "../evaluation/request.ts";
import { shellWord } from "../experiment/replay-command.ts";
import { UsageError } from "./console.ts";
import { parseChoice } from "./parse-options.ts";

/** What was typed after `softlabel evaluate`, parsed. */
export interface EvaluationFlags {
  readonly kind?: "logits" | "probabilities";
  readonly trustKind?: boolean;
  readonly predictions?: string;
  readonly labels?: string;
  readonly firstLabel?: number;
  readonly dropInvalid?: boolean;
  readonly calibrate: readonly RecalibrationMethod[];
  readonly fit?: readonly string[];
  readonly split?: number;
  readonly seed: number;
  readonly labelSmoothing?: number;
  readonly bins?: number;
  readonly preset?: CalibrationPreset;
  readonly resamples: number;
  readonly confidenceLevel: number;
}

/** The names of `--preset`. */
export const presetNames = Object.keys(calibrationPresets) as readonly CalibrationPreset[];

const parseMethod = parseChoice("calibrate", recalibrationMethods);

/**
 * A commander parser of recalibrators with commas between them, or `none`.
 *
 * @throws {@link UsageError} (the function) naming the nearest method.
 */
export function parseMethods(typed: string): readonly RecalibrationMethod[] {
  if (typed.trim() === "none") return [];
  return [...new Set(typed.split(",").map((name) => parseMethod(name.trim())))];
}

/**
 * What is asked, from what was typed.
 *
 * @throws {@link UsageError} when options do not fit each other.
 */
export function requestOf(files: readonly string[], flags: EvaluationFlags): EvaluationRequest {
  const { fit, split, preset } = flags;
  if (fit !== undefined && split !== undefined) {
    throw new UsageError("--split must be left out with --fit, which has the rows to fit on");
  }
  if (fit !== undefined && fit.length !== files.length) {
    throw new UsageError(
      `--fit must name a file for each of the ${files.length} files, in their order (--fit A --fit B), got ${fit.length}`,
    );
  }
  const judged = files.map((path) => resolve(path));
  if (fit?.some((path) => judged.includes(resolve(path)))) {
    throw new UsageError("--fit must name other rows than those that are judged, got the same file; leave it out");
  }
  if (files.filter((path) => path === "-").length > 1) {
    throw new UsageError("standard input can be read once, got - twice");
  }
  if (preset !== undefined && flags.bins !== undefined) {
    throw new UsageError("--bins must be left out with --preset, which says them");
  }
  const { bins = 15, edges = "(lo,hi]" } = preset === undefined ? { bins: flags.bins } : calibrationPresets[preset];
  const { kind, trustKind, predictions, labels, firstLabel, dropInvalid } = flags;
  return {
    files,
    reading: { kind, trustKind, predictions, labels, firstLabel, dropInvalid },
    methods: flags.calibrate,
    fitFiles: fit ?? null,
    split: split ?? null,
    labelSmoothing: flags.labelSmoothing ?? null,
    binning: { bins, edges },
    preset: preset ?? null,
    resamples: flags.resamples,
    seed: flags.seed,
    confidenceLevel: flags.confidenceLevel,
    command: commandOf(files, flags),
  };
}

/** The command with every option that decides a number, so that it means the same under other defaults. */
function commandOf(files: readonly string[], flags: EvaluationFlags): string {
  const { calibrate, fit = [], seed, resamples, confidenceLevel } = flags;
  const given: readonly (readonly [string, string | number | undefined])[] = [
    ["kind", flags.kind],
    ["predictions", flags.predictions],
    ["labels", flags.labels],
    ["first-label", flags.firstLabel],
    ["calibrate", calibrate.length === 0 ? "none" : calibrate.join(",")],
    ...fit.map((path) => ["fit", path] as const),
    ["split", flags.split],
    ["seed", seed],
    ["label-smoothing", flags.labelSmoothing],
    ["bins", flags.bins],
    ["preset", flags.preset],
    ["resamples", resamples],
    ["confidence-level", confidenceLevel],
  ];
  const words = given.flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${shellWord(String(value))}`],
  );
  const switches = [...(flags.trustKind ? ["--trust-kind"] : []), ...(flags.dropInvalid ? ["--drop-invalid"] : [])];
  return ["npx softlabel evaluate", ...files.map(shellWord), ...words, ...switches].join(" ");
}
