import type { EvaluationResults } from "../../evaluation/evaluation.ts";
import { type Html, html } from "../html.ts";
import { type Reference, referenceList, type Term, termList } from "../method-terms.ts";

/** Every convention that a number of the report depends on, with sources. */
export function evaluationMethod(results: EvaluationResults): Html {
  return html`${termList(terms(results))}
${referenceList(references)}`;
}

const references: readonly Reference[] = [
  ["Guo et al. 2017", "On Calibration of Modern Neural Networks", "arXiv:1706.04599"],
  ["Kumar et al. 2019", "Verified Uncertainty Calibration", "arXiv:1909.10155"],
  ["Nixon et al. 2019", "Measuring Calibration in Deep Learning", "arXiv:1904.01685"],
  ["Błasiok and Nakkiran 2023", "Smooth ECE: Principled Reliability Diagrams via Kernel Smoothing", "arXiv:2309.12236"],
  ["Geifman et al. 2019", "Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers", "arXiv:1805.08206"],
  [
    "Traub et al. 2024",
    "Overcoming Common Flaws in the Evaluation of Selective Classification Systems",
    "arXiv:2407.01032",
  ],
  [
    "Wilson 1927",
    "Probable Inference, the Law of Succession, and Statistical Inference",
    "doi:10.1080/01621459.1927.10502953",
  ],
  ["Davison and Hinkley 1997", "Bootstrap Methods and their Application", "§5.2"],
];

function terms(results: EvaluationResults): readonly Term[] {
  const { arms, options } = results;
  const { bins, edges, resamples, confidenceLevel, seed } = options;
  const level = `${100 * confidenceLevel}%`;
  const allClasses = arms.some(({ source }) => source.kind !== "top-label");
  const mended = arms.some(({ recalibrated }) => Object.keys(recalibrated).length > 0);
  return [
    [
      "Confidence",
      "The largest probability of a row; logits count as softmax(logits) in float64. Of classes that tie, the first is predicted.",
    ],
    ["Accuracy", "Share of rows whose predicted class is the label."],
    ...(allClasses ? scores : []),
    [
      "Confidence − accuracy",
      "Mean confidence less accuracy: the signed gap that ECE takes bin by bin. Near zero it says little by itself, since gaps of either sign cancel.",
    ],
    [
      "ECE",
      `Σ share · |accuracy − mean confidence| over ${bins} bins of equal width, edges ${edges}, of the top label${options.preset === null ? "" : `: the convention of ${options.preset}`}. It depends on the bins, and on few rows lies above zero even for a calibrated classifier. A low ECE alone says nothing of how good the classifier is: read it beside accuracy and NLL.`,
    ],
    [
      "Other binned errors",
      "RMS: root of Σ share · gap². Debiased: the same less a(1 − a)/(n − 1) in each bin, which chance adds, never below zero. MCE: the largest gap. Adaptive: as many rows in each bin as ties allow.",
    ],
    [
      "Smooth ECE",
      "The width σ at which the residuals, smoothed by a Gaussian of that width reflected at 0 and 1, integrate to σ; exact, not on a grid. The smooth diagram is drawn with the Gaussian of that width, but of 0.02 at least and of 0.05 at most: a wider one would draw a badly calibrated classifier flatter than its bars.",
    ],
    [
      "Tests",
      "Kolmogorov–Smirnov and Kuiper: the maximum and the range of the cumulative gap along confidence; Spiegelhalter’s Z, two-sided. p is how probable so large a value is for a calibrated classifier. With many rows the smallest flaw is significant: look at its size.",
    ],
    [
      "AUROC, FPR95",
      "Confidence as a score that tells right rows from wrong ones; ties count half. FPR95: the share of wrong rows at the first threshold that keeps 95% of the right ones.",
    ],
    [
      "AURC, AUGRC",
      "Rows sorted by confidence, the surest first. AURC: the error rate of the first k rows, averaged over all k. AUGRC: the share of all rows that are errors and answered, averaged over coverage, from 0 to 1/2. Rows that tie count as the mean over their orders. Both fall with better accuracy and with better ranking alike.",
    ],
    [
      "Intervals",
      resamples === 0
        ? "None: no resamples were asked for."
        : `${level}: the rows are drawn again with replacement, ${resamples} times from seed ${seed}, and the bias-bounded interval is taken: the basic interval [2θ − q(high), 2θ − q(low)], widened where resampling shows a bias b upward to [2θ − q(high) − √2·b, 2θ − q(low) + b], so that it allows for every bias between none and 1 + √2 times b and holds the value itself; an end beyond the metric’s range is moved to the range. An interval speaks of other rows of the same kind, not of another training run, and not of rows of another kind.`,
    ],
    ["Whiskers in the reliability diagrams", `${level} Wilson intervals of the accuracy, each bin for itself.`],
    ...(mended ? recalibration : []),
    ...(arms.length > 1 ? comparison(resamples) : []),
    ...(allClasses ? classTerms : []),
  ];
}

const scores: readonly Term[] = [
  ["NLL", "Mean of −ln p[label] over rows, in nats. Nothing is clipped: a label of probability 0 makes it infinite."],
  [
    "Brier score",
    "Squared distance of the probabilities to the one-hot label, summed over classes (0 to 2), mean over rows.",
  ],
];

const classTerms: readonly Term[] = [
  [
    "Classwise ECE",
    "The calibration error of one class’s probability in every row against “the label is this class”, mean over classes. With many classes most probabilities are near zero, and so is it.",
  ],
];

const recalibration: readonly Term[] = [
  [
    "Recalibrators",
    "Fitted by least NLL, or by the method’s own rule, on rows that are not judged with it. Where a file had no rows to spare, each half of its rows was mended by what the other half was fitted to. Temperature divides logits by one T, found to 1e-12; T below 1 is allowed and is under-confidence.",
  ],
];

function comparison(resamples: number): readonly Term[] {
  return [
    [
      "File against file",
      `Differences on the same rows in the same order. p of accuracy is McNemar’s exact test${resamples === 0 ? "" : `, of NLL and Brier score a permutation test with ${resamples} exchanges`}; p is not corrected for the number of metrics or files.`,
    ],
  ];
}
