import { ArgumentError } from "softlabel";
import { betaCdf } from "softlabel/statistics";

/** Whether a model shows one sign of hidden gradients. */
export interface HiddenGradientCheck {
  readonly name: "unbounded attack reaches 0" | "more steps never help the defender" | "transfer is not stronger";
  readonly passed: boolean;
  /** One sentence with the numbers that it was judged by. */
  readonly evidence: string;
}

/** What was measured on one model, always on the same rows; survivors are 1 for a row that stayed right, else 0. */
export interface MaskingEvidence {
  /** Against PGD that may change every input into any other. */
  readonly unbounded: Uint8Array;
  /** Against PGD of one strength, by its number of steps, ascending. */
  readonly bySteps: readonly { readonly steps: number; readonly survivors: Uint8Array }[];
  /** Against PGD on the model itself, and against one that was made on another model. */
  readonly byStrength: readonly {
    readonly strength: number;
    readonly whiteBox: Uint8Array;
    readonly transferred: Uint8Array;
  }[];
}

/**
 * Looks for hidden gradients: a model whose gradients lead nowhere withstands attacks that follow them, though
 * adversarial inputs are as near as ever. Each check fails where an attack that should be weaker does better.
 *
 * @throws {@link ArgumentError} as the three checks do.
 * @see Athalye, Carlini & Wagner 2018, https://arxiv.org/abs/1802.00420
 * @see Carlini et al. 2019, On evaluating adversarial robustness, https://arxiv.org/abs/1902.06705
 */
export function maskingChecks(evidence: MaskingEvidence): readonly HiddenGradientCheck[] {
  return [
    unboundedReachesZero(evidence.unbounded),
    moreStepsNeverHelp(evidence.bySteps),
    transferIsNotStronger(evidence.byStrength),
  ];
}

/**
 * An attack that may turn every input into any other must leave no row right.
 *
 * @throws {@link ArgumentError} without a row.
 */
export function unboundedReachesZero(survivors: Uint8Array): HiddenGradientCheck {
  requireRows(survivors, survivors.length);
  const left = count(survivors);
  return {
    name: "unbounded attack reaches 0",
    passed: left === 0,
    evidence: `PGD that may change every pixel to any value left ${of(left, survivors.length)} right.`,
  };
}

/**
 * Accuracy must not rise with the number of steps by more than chance explains.
 *
 * Rule: of every two numbers of steps, b rows fell under the fewer alone and c under the more alone. Were it chance, b
 * would be at least as large with probability P(Binomial(b + c, ½) ≥ b), McNemar's exact test; the check fails where
 * that is below 5 % divided by the number of pairs (Bonferroni).
 * @throws {@link ArgumentError} without two numbers of steps, ascending, or when their rows differ in number.
 */
export function moreStepsNeverHelp(bySteps: MaskingEvidence["bySteps"]): HiddenGradientCheck {
  if (bySteps.length < 2) throw new ArgumentError(`bySteps must have two entries at least, got ${bySteps.length}`);
  const rows = bySteps[0].survivors.length;
  for (const [i, { steps, survivors }] of bySteps.entries()) {
    requireRows(survivors, rows);
    if (i > 0 && !(steps > bySteps[i - 1].steps)) {
      throw new ArgumentError(`bySteps must ascend, got ${steps} steps after ${bySteps[i - 1].steps}`);
    }
  }
  const pairs = bySteps.flatMap((fewer, i) => bySteps.slice(i + 1).map((more) => ({ fewer, more })));
  const judged = pairs.map(({ fewer, more }) => {
    return { fewer, more, p: chanceOfLead(fewer.survivors, more.survivors) };
  });
  const worst = judged.reduce((a, b) => (b.p < a.p ? b : a));
  const passed = worst.p >= 0.05 / pairs.length;
  const name = "more steps never help the defender";
  if (passed) {
    const counts = bySteps.map(({ survivors }) => count(survivors));
    const steps = bySteps.map((entry) => entry.steps);
    const evidence = `PGD with ${list(steps)} steps left ${list(counts)} of ${rows} rows right, no rise beyond chance.`;
    return { name, passed, evidence };
  }
  const [few, many] = [worst.fewer, worst.more].map(({ survivors }) => of(count(survivors), rows));
  const evidence = `PGD with ${worst.fewer.steps} steps left ${few} right, but with ${worst.more.steps} steps ${many}: more than chance explains (p = ${worst.p.toPrecision(1)}).`;
  return { name, passed, evidence };
}

/**
 * An attack that was made on another model must not leave fewer rows right than one on the model itself by more than
 * chance explains, at any strength above 0.
 *
 * Rule: as {@link moreStepsNeverHelp}, b the rows that fell to the transferred attack alone and c those that fell to the
 * other alone; the 5 % are divided by the number of strengths.
 * @throws {@link ArgumentError} without a strength above 0, or when rows differ in number.
 */
export function transferIsNotStronger(byStrength: MaskingEvidence["byStrength"]): HiddenGradientCheck {
  const attacked = byStrength.filter(({ strength }) => strength > 0);
  if (attacked.length === 0) throw new ArgumentError("byStrength must have a strength above 0, got none");
  const rows = attacked[0].whiteBox.length;
  const judged = attacked.map(({ strength, whiteBox, transferred }) => {
    requireRows(whiteBox, rows);
    requireRows(transferred, rows);
    const lead = count(whiteBox) - count(transferred);
    return { strength, whiteBox, transferred, lead, p: chanceOfLead(transferred, whiteBox) };
  });
  const clearest = judged.reduce((a, b) => (b.p < a.p ? b : a));
  const passed = clearest.p >= 0.05 / judged.length;
  const told = passed ? judged.reduce((a, b) => (b.lead > a.lead ? b : a)) : clearest;
  const left = of(count(told.transferred), rows);
  const counts = `PGD made on another model left ${left} right, PGD on the model itself ${of(count(told.whiteBox), rows)}`;
  const [where, judgement] = !passed
    ? ["transfer leads most clearly", `: more than chance explains (p = ${told.p.toPrecision(1)})`]
    : told.lead > 0
      ? ["transfer leads most", ", no lead beyond chance"]
      : ["the two come closest", ""];
  const evidence = `At ε = ${told.strength}, where ${where}, ${counts}${judgement}.`;
  return { name: "transfer is not stronger", passed, evidence };
}

/** How likely an attack that is no stronger than another would be to alone fell as many rows as it did, or more. */
function chanceOfLead(leading: Uint8Array, other: Uint8Array): number {
  const alone = countWhere(leading, other, (a, b) => a < b);
  return atLeast(alone, alone + countWhere(leading, other, (a, b) => a > b));
}

function requireRows(survivors: Uint8Array, rows: number): void {
  if (survivors.length === rows && rows > 0) return;
  throw new ArgumentError(`survivors must be one per row, ${rows > 0 ? rows : "1 at least"}, got ${survivors.length}`);
}

/** P(Binomial(n, ½) ≥ k). */
function atLeast(k: number, n: number): number {
  return k === 0 ? 1 : betaCdf(0.5, k, n - k + 1);
}

function count(survivors: Uint8Array): number {
  return survivors.reduce((sum, survives) => sum + survives, 0);
}

function countWhere(a: Uint8Array, b: Uint8Array, holds: (a: number, b: number) => boolean): number {
  return a.reduce((sum, value, row) => sum + (holds(value, b[row]) ? 1 : 0), 0);
}

function of(left: number, rows: number): string {
  return `${left} of ${rows} rows (${((100 * left) / rows).toFixed(1)}%)`;
}

function list(values: readonly number[]): string {
  return `${values.slice(0, -1).join(", ")} and ${values.at(-1)}`;
}
