import { mcnemarTest, permutationTestOfMeans } from "softlabel/calibration";
import type { ArmComparison, Difference } from "./evaluation.ts";
import type { EvaluationRequest } from "./request.ts";
import { type ScoredRows, scoreOutcomes } from "./scored-rows.ts";
import type { SecondThread } from "./second-thread.ts";
import { type ResamplingOptions, resampleSets } from "./with-intervals.ts";

/** What is needed of each of two files to compare them row by row. */
export interface ComparedArm {
  readonly name: string;
  readonly set: ScoredRows;
  /** Of the judged rows, as the file calls them; null where it does not hold them. */
  readonly labels: ArrayLike<number | string> | null;
  /** Of the judged rows in the file. */
  readonly numbers: Uint32Array;
}

/**
 * What changed from one file to another on the same rows, with paired intervals and tests.
 *
 * That the rows are the same is held against their labels; where a file has none it is taken on trust, and said.
 *
 * @param share - lets another thread do a part of the resampling.
 */
export function compareArms(
  base: ComparedArm,
  other: ComparedArm,
  options: ResamplingOptions & Pick<EvaluationRequest, "binning">,
  share: SecondThread["share"],
): ArmComparison {
  const reason = whyNot(base, other);
  if (reason !== null) return { comparable: false, reason };
  const sets = inCommon(base.set, other.set, options);
  const { differences } = resampleSets(share(sets), options);
  const tests = testsOf(...sets, options);
  const withTests = Object.entries<Difference>(differences[0]).map(([name, difference]) => {
    const p = tests[name];
    return [name, { ...difference, ...(p !== undefined && { p }) }] as const;
  });
  const isOnTrust = base.labels === null || other.labels === null;
  return { comparable: true, differences: Object.fromEntries(withTests), ...(isOnTrust && { onTrust: true }) };
}

function whyNot(base: ComparedArm, other: ComparedArm): string | null {
  if (base.set.rows !== other.set.rows) {
    return `${base.name} has ${base.set.rows} rows and ${other.name} ${other.set.rows}`;
  }
  const both = `${base.name} and ${other.name}`;
  const { labels } = other;
  if (base.labels === null || labels === null) {
    const at = base.numbers.findIndex((number, row) => number !== other.numbers[row]);
    return at < 0 ? null : `other rows were left out of ${both}, and no labels tell which are the same`;
  }
  const at = Array.prototype.findIndex.call(base.labels, (label, row) => label !== labels[row]);
  if (at >= 0) return `the labels of ${both} differ, first at row ${base.numbers[at]}`;
  const areOfClasses = base.set.scores !== null && other.set.scores !== null;
  const isSame = Object.keys(base.set.values).join() === Object.keys(other.set.values).join();
  return isSame || !areOfClasses ? null : `${both} have too different numbers of classes`;
}

/** Both sets by what both know: where one file has only confidences, by these. */
function inCommon(
  base: ScoredRows,
  other: ScoredRows,
  { binning }: Pick<EvaluationRequest, "binning">,
): readonly [ScoredRows, ScoredRows] {
  if ((base.scores === null) === (other.scores === null)) return [base, other];
  const [first, second] = [base, other].map(({ outcomes: { confidence, correct }, values }) =>
    scoreOutcomes({ confidence, correct }, 0, binning, values.smoothEce),
  ) as [ScoredRows, ScoredRows];
  return [first, second];
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
