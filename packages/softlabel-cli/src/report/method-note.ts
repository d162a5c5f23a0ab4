import { armInWords, differInEpsilonAlone, isPlainSmoothing } from "../experiment/arm-naming.ts";
import type { Arm, Results } from "../experiment/results.ts";
import { baselineOf, leastHolmP } from "../experiment/verdict-evidence.ts";
import { formatCount, formatP } from "../experiment/verdict-metrics.ts";
import { type Html, html } from "./html.ts";
import { type Reference, referenceList, type Term, termList } from "./method-terms.ts";

const smoothedLabel: Readonly<Record<Arm["convention"], string>> = {
  "all-classes": "q′ = (1 − ε) q + ε u",
  "other-classes": "q′ is 1 − ε on the label, and the other classes share ε in proportion to u",
  "classy-vision": "q′ = (q + ε u) / (1 + ε)",
};

/** Every convention that a number of the report depends on. */
export function methodNote({ experiment, arms }: Results): Html {
  const seeds = experiment.seeds.length;
  const bins = arms[0]?.figures.reliability.length ?? 0;
  const smoothed = arms.length - 1;
  const kind = isPlainSmoothing(arms) ? "smoothed" : "other";
  const comparison: readonly Term[] = [
    [
      "Difference",
      `Arm less ${armInWords(baselineOf({ arms }))}, seed by seed; mean with its 95% t interval (n − 1 degrees of freedom).`,
    ],
    [
      "p",
      `Exact two-sided sign-flip test: the share of all 2ⁿ sign patterns whose mean is at least as far from zero. With ${seeds === 1 ? "1 seed" : `${seeds} seeds`} the least possible is ${formatP(leastHolmP(seeds, 1))}.`,
    ],
    [
      "Holm p",
      `p corrected for the ${smoothed === 1 ? `one ${kind} arm, hence equal to p` : `${smoothed} ${kind} arms`}, metric by metric; metrics are not corrected for one another.`,
    ],
    [
      "better, worse",
      "Said only when Holm’s p is below 0.05 and the interval excludes zero, and of temperature-scaled metrics only when every seed has a temperature; “changed” where neither direction is good; “not shown” otherwise, which does not mean equal.",
    ],
  ];
  const items: readonly Term[] = [
    [
      "Design",
      `${design(experiment.trainer.kind, arms)} Numbers are of the ${formatCount(experiment.data.testRows)} test rows, which nothing ${experiment.trainer.kind === "built-in" ? "" : "here "}was fitted or chosen on.`,
    ],
    ...smoothedLabels(experiment.trainer.kind, arms),
    ["Accuracy", "Share of rows whose largest probability is on the label."],
    ["NLL", "Mean of −log p[label] over rows, hard labels, in nats."],
    [
      "Brier score",
      "Squared distance of the probabilities to the one-hot label, summed over classes (0 to 2), mean over rows.",
    ],
    [
      "ECE",
      `Expected calibration error of the top label: ${bins} equal bins of confidence, each (low, high]; Σ share · |accuracy − mean confidence|. It depends on the bins and, on few rows, lies above zero even for a calibrated classifier.`,
    ],
    ["Confidence − accuracy", "Mean largest probability less accuracy: the signed gap that ECE takes bin by bin."],
    [
      "Temperature",
      "Logits are divided by one T, fitted for each trial by least NLL on its validation rows; T below 1 is allowed and is under-confidence. It moves no row’s largest probability, so accuracy stays (Guo et al. 2017).",
    ],
    [
      "AURC",
      "Rows sorted by confidence, the surest first; the error rate of the first k rows, averaged over all k; rows that tie count as the mean over their orders. It falls with better accuracy and with better ranking alike.",
    ],
    ["Mean ± sd", "Over seeds; sd divides by n − 1."],
    ...(smoothed === 0 ? [] : comparison),
    [
      "under- and over-confident",
      "Said when mean confidence is a percentage point or more from accuracy, and T on the same side of 1, on every seed.",
    ],
    [
      "Figures",
      `Reliability diagrams and histograms pool the test rows of all seeds; the risk–coverage curve is the mean over seeds. The histograms have ${arms[0]?.figures.confidence.length ?? 0} equal bins.`,
    ],
  ];
  return html`${termList(items)}
${referenceList(references)}`;
}

/** What one seed gives every arm, and in what arms differ. */
function design(trainer: Results["experiment"]["trainer"]["kind"], arms: readonly Arm[]): string {
  if (trainer === "given") {
    return "Predictions of one seed are held against one another; how they were made was not part of this.";
  }
  const alone = differInEpsilonAlone(arms);
  if (trainer !== "built-in") {
    const told = alone ? "ε alone" : "what the table of arms says";
    return `The trainer was told a seed and an arm, and arms of one seed differ in ${told}; what else a seed or an arm decides is the trainer’s business.`;
  }
  return alone
    ? "One seed gives every arm the same initial weights, split and order; arms differ in ε alone."
    : "One seed gives every arm the same initial weights and split; arms differ in what the table of arms says.";
}

/** What the arms were trained toward: one term for each pair of prior and convention among them. */
function smoothedLabels(trainer: Results["experiment"]["trainer"]["kind"], arms: readonly Arm[]): readonly Term[] {
  if (trainer === "given") return [];
  const floor =
    "Loss H(q′, p) in nats; its floor is H(q′). Because the floor moves with ε, smoothed losses are never compared across ε.";
  const own =
    trainer === "built-in"
      ? floor
      : `That is what ε means here; whether the trainer’s loss is that is its own business. ${floor}`;
  const smoothed = arms.filter(({ epsilon }) => epsilon > 0);
  const formulas = (smoothed.length === 0 ? arms : smoothed).map(
    ({ prior, convention }) =>
      `${smoothedLabel[convention]}, with prior u ${typeof prior === "string" ? prior : "as given"}, convention ${convention}`,
  );
  return [["Smoothed label", `${[...new Set(formulas)].join("; or ")}. ${own}`]];
}

const references: readonly Reference[] = [
  ["Szegedy et al. 2016", "Rethinking the Inception Architecture", "arXiv:1512.00567"],
  ["Guo et al. 2017", "On Calibration of Modern Neural Networks", "arXiv:1706.04599"],
  ["Müller et al. 2019", "When Does Label Smoothing Help?", "arXiv:1906.02629"],
  [
    "Xia et al. 2025",
    "Towards Understanding Why Label Smoothing Degrades Selective Classification and How to Fix It",
    "arXiv:2403.14715",
  ],
];
