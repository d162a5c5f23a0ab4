import type { AdversarialResults } from "../../experiment/adversarial/results.ts";
import { leastHolmP } from "../../experiment/verdict-evidence.ts";
import { formatCount, formatP } from "../../experiment/verdict-metrics.ts";
import { counted } from "../../experiment/verdict-wording.ts";
import { type Html, html } from "../html.ts";
import { type Reference, referenceList, type Term, termList } from "../method-terms.ts";
import { twice } from "./adversarial-card.ts";

/** Every convention that a number of the report depends on, with sources. */
export function adversarialMethod(results: AdversarialResults): Html {
  return html`${termList([...attackTerms(results), ...readingTerms(results)])}
${referenceList(references)}`;
}

function attackTerms({ experiment }: AdversarialResults): readonly Term[] {
  const { attack, data, doubleSmoothing } = experiment;
  const inf = attack.norm === "inf";
  const doubled = `Here it is applied twice, as cleverhans’ tutorials did for three weeks of July 2018: ε = 0.1 twice is ${twice(0.1)}.`;
  return [
    [
      "Design",
      `Every arm trains on the first ${formatCount(data.trainRows)} training images; one seed gives all the same initial weights and the same order. Arms differ in ε and in what they train against.`,
    ],
    [
      "Smoothed label",
      `q′ = (1 − ε) q + ε/K in the loss of training, of clean and of attacked images alike. ${doubleSmoothing ? doubled : "It is applied once."} The loss that an attack climbs is never smoothed.`,
    ],
    [
      "Strength",
      `Radius of the ball around the image that an attack may move in, ${inf ? "the largest change of any pixel (L∞)" : "the Euclidean length of the change (L2)"}, with pixels in [0, 1], where attacked images stay. Papers on attacks call it ε, as the verdict and the checks do when they name it; elsewhere here ε is label smoothing.${inf ? " On MNIST 0.3 in L∞ is large: it turns black into dark grey and white into light grey everywhere at once." : ""}`,
    ],
    [
      "FGSM",
      `One step of the whole strength along ${inf ? "the sign of the gradient of the loss: x + r · sign(∇ₓ loss)" : "the gradient of the loss: x + r · ∇ₓ loss / ‖∇ₓ loss‖"}, clipped to [0, 1] (Goodfellow et al. 2015). A gradient of zero moves nothing.`,
    ],
    [
      "PGD",
      `${counted(attack.steps, "step")} of ${Number(attack.stepSize.toPrecision(6))} at strength ${attack.epsilon}, in proportion at others, each projected back onto the ball and [0, 1], from ${counted(attack.restarts, "random start")} (Madry et al. 2018). In the curves and tables of accuracy a row counts as right only if the image as it is, every start and every point after a step is answered right; one that falls is attacked no further.`,
    ],
    [
      "Transfer",
      "PGD made on the ε = 0 clean-trained model of the next seed, the last point of its strongest run, judged by this model. It needs nothing of this model, so hiding gradients is no help against it.",
    ],
    [
      "Labels",
      "FGSM leads away from the class that the model itself predicts, so that no label leaks into the image (Kurakin et al. 2017); PGD, in what is measured, from the true label. Right and wrong are always judged by the true label.",
    ],
    ...(attack.name === "none"
      ? []
      : ([
          [
            "Adversarial training",
            `The loss is ${Number((1 - attack.coefficient).toPrecision(6))} · clean + ${attack.coefficient} · attacked, both smoothed; the attack is made anew on every batch, at strength ${attack.epsilon}, and no gradient flows through it.`,
          ],
        ] as const)),
    [
      "Rows",
      `Clean test accuracy is of all ${formatCount(data.testRows)} test images, everything attacked of the first ${formatCount(data.attackedRows)}; the training columns are of the first ${formatCount(Math.min(data.attackedRows, data.trainRows))} training images. Nothing was chosen on them.`,
    ],
  ];
}

function readingTerms({ comparisons, experiment }: AdversarialResults): readonly Term[] {
  const seeds = experiment.seeds.length;
  const tested = 4 * comparisons.length;
  const compared: readonly Term[] = [
    [
      "Difference",
      "Smoothed less ε = 0 of the same training, seed by seed; mean with its 95% t interval (n − 1 degrees of freedom), in percentage points. The bars of the three attacks share a scale, those of clean images have their own.",
    ],
    [
      "p, Holm p",
      `Exact two-sided sign-flip test, and the same corrected for all ${tested} differences of the table. With ${counted(seeds, "seed")} the least possible is ${formatP(leastHolmP(seeds, 1))}, after correction ${formatP(leastHolmP(seeds, tested))}.`,
    ],
    [
      "better, worse",
      "Said only when Holm’s p is below 0.05 and the interval excludes zero; “not shown” otherwise, which does not mean equal.",
    ],
    [
      "hidden gradients",
      "Stands where accuracy under FGSM is higher than with ε = 0, and under PGD or transfer no gain is shown and its mean is below half of that: the gradient leads FGSM astray, and what only one weak attack cannot break is no robustness (Athalye et al. 2018). Where seeds are too few for any test, a mean is a gain whose interval on the attacked rows lies above that of ε = 0. An attack that leaves no room for half of FGSM’s gain denies nothing.",
    ],
  ];
  return [
    [
      "Intervals of the curves",
      "95% Wilson intervals of the mean over seeds, on as many rows as one seed has: every seed judges the same ones. How far seeds lie apart is the ± of the table.",
    ],
    ...(comparisons.length === 0 ? [] : compared),
    [
      "Checks",
      "PGD that may change every pixel to any value must leave no row right. Of a quarter, half and all of the steps, more must not leave more rows right than fewer by more than chance explains: McNemar’s exact test, one-sided, 5% over all pairs. At no strength may what is made on another model leave fewer rows right than PGD on the model itself by more than chance explains: the same test, 5% over all strengths. The rows of all seeds are counted together. Where one fails, the attack did not find what is there, and the accuracy under it is too high (Carlini et al. 2019).",
    ],
    [
      "Calibration",
      "Predictions of the attacked rows, as they are and attacked, all seeds pooled. Under PGD the image is the last point of the run that was kept, and some are answered right there that were wrong on the way, so accuracy may lie above that of the curves. Gap: mean confidence less accuracy, in percentage points. ECE: Σ share · |accuracy − mean confidence| over equal bins of the largest probability. NLL: mean of −ln p[label], hard labels.",
    ],
  ];
}

const references: readonly Reference[] = [
  ["Szegedy et al. 2016", "Rethinking the Inception Architecture", "arXiv:1512.00567"],
  ["Goodfellow et al. 2015", "Explaining and Harnessing Adversarial Examples", "arXiv:1412.6572"],
  ["Kurakin et al. 2017", "Adversarial Machine Learning at Scale", "arXiv:1611.01236"],
  ["Madry et al. 2018", "Towards Deep Learning Models Resistant to Adversarial Attacks", "arXiv:1706.06083"],
  ["Athalye et al. 2018", "Obfuscated Gradients Give a False Sense of Security", "arXiv:1802.00420"],
  ["Carlini et al. 2019", "On Evaluating Adversarial Robustness", "arXiv:1902.06705"],
  ["Goibert and Dohmatob 2019", "Adversarial Robustness via Label-Smoothing", "arXiv:1906.11567"],
  [
    "Papernot et al. 2018",
    "Technical Report on the CleverHans v2.1.0 Adversarial Examples Library",
    "arXiv:1610.00768",
  ],
  [
    "Wilson 1927",
    "Probable Inference, the Law of Succession, and Statistical Inference",
    "doi:10.1080/01621459.1927.10502953",
  ],
];
