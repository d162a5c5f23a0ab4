import { mcnemarTest, permutationTestOfMeans } from "softlabel/calibration";
import type { ArmComparison, Difference } from "./evaluation.ts";
import type { ScoredRows } from "./scored-rows.ts";
import { type ResamplingOptions, resampleSets } from "./with-intervals.ts";

/** What is needed of each of two files to compare them row by row. */
export interface ComparedArm {
  readonly name: string;
  readonly set: ScoredRows;
  /** Of the judged rows; null where the file does not hold them. */
  readonly labels: Int32Array | null;
}

/** What changed from one file to another on the same rows, with paired intervals and tests. */
export function compareArms(base: ComparedArm, other: ComparedArm, options: ResamplingOptions): ArmComparison {
  const reason = whyNot(base, other);
  if (reason !== null) return { comparable: false, reason };
  const { differences } = resampleSets([base.set, other.set], options);
  const tests = testsOf(base.set, other.set, options);
  const withTests = Object.entries<Difference>(differences[0]).map(([name, difference]) => {
    const p = tests[name];
    return [name, { ...difference, ...(p !== undefined && { p }) }] as const;
  });
  return { comparable: true, differences: Object.fromEntries(withTests) };
}

function whyNot(base: ComparedArm, other: ComparedArm): string | null {
  if (base.set.rows !== other.set.rows) {
    return `${base.name} has ${base.set.rows} rows and ${other.name} ${other.set.rows}`;
  }
  if (base.labels === null || other.labels === null) {
    return `without labels nobody can tell whether the rows of ${base.name} and ${other.name} are the same`;
  }
  const { labels } = other;
  const at = base.labels.findIndex((label, row) => label !== labels[row]);
  if (at >= 0) return `the labels of ${base.name} and ${other.name} differ, first at row ${at}`;
  const isSame = Object.keys(base.set.values).join() === Object.keys(other.set.values).join();
  return isSame ? null : `${base.name} and ${other.name} have too different numbers of classes`;
}

/** Accuracy by McNemar's exact test, means of proper scores by permutations. */
function testsOf(base: ScoredRows, other: ScoredRows, options: ResamplingOptions): Readonly<Record<string, number>> {
  const accuracy = mcnemarTest({ baseline: base.outcomes.correct, treatment: other.outcomes.correct }).p;
  if (base.scores === null || other.scores === null || options.resamples === 0) return { accuracy };
  const entries = (["logLoss", "squaredError"] as const).flatMap((name) => {
    const pair = { baseline: base.scores?.[name] ?? [], treatment: other.scores?.[name] ?? [] };
    const areNumbers = [pair.baseline, pair.treatment].every((scores) =>
      Array.prototype.every.call(scores, Number.isFinite),
    );
    if (!areNumbers) return [];
    const { p } = permutationTestOfMeans(pair, { permutations: options.resamples, seed: options.seed });
    return [[name === "logLoss" ? "nll" : "brier", p] as const];
  });
  return { accuracy, ...Object.fromEntries(entries) };
}
