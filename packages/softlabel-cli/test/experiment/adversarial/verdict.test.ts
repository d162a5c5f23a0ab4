import { describe, expect, test } from "vitest";
import { checkMasking } from "../../../src/experiment/adversarial/check-masking.ts";
import { compareSmoothing } from "../../../src/experiment/adversarial/compare-smoothing.ts";
import { judgeArm, type MeasuredArm } from "../../../src/experiment/adversarial/judge-arms.ts";
import type { AdversarialExperiment, Training } from "../../../src/experiment/adversarial/results.ts";
import { adversarialVerdict } from "../../../src/experiment/adversarial/verdict.ts";
import {
  hugeBall,
  limits,
  maskingChecked,
  shortTraining,
  smoothedTwice,
} from "../../../src/experiment/adversarial/verdict-limits.ts";
import { tooFewSeeds } from "../../../src/experiment/adversarial/verdict-seeds.ts";
import {
  hiddenGradients,
  nothingToCompare,
  robustnessGained,
  smoothingChanged,
} from "../../../src/experiment/adversarial/verdict-smoothing.ts";
import { otherStrengths } from "../../../src/experiment/adversarial/verdict-strengths.ts";
import { adversarialTraining } from "../../../src/experiment/adversarial/verdict-training.ts";
import type { AdversarialEvidence } from "../../../src/experiment/adversarial/verdict-words.ts";
import { measuredArm, strengths } from "./support/measured.ts";

/** Right rows of 1,000 at ε = 0.3 under each attack, and accuracy on clean images. */
interface Right {
  readonly clean?: number;
  readonly fgsm: number;
  readonly pgd: number;
  /** Under PGD at ε = 0.1. */
  readonly weakPgd?: number;
  readonly transfer: number;
  readonly unbounded?: number;
}

/** Two rows more or less from seed to seed, alike in every arm; of an even number of seeds the mean is one row more. */
function armOf(labelSmoothing: number, training: Training, seeds: number, right: Right): MeasuredArm {
  const { clean = 0.98, fgsm, pgd, weakPgd = 300, transfer, unbounded = 0 } = right;
  return measuredArm(
    labelSmoothing,
    training,
    1_000,
    Array.from({ length: seeds }, (_, seed) => ({
      clean: clean + (seed % 2) / 1_000,
      fgsm: [990, 500, fgsm + 2 * (seed % 2)],
      pgd: [990, weakPgd, pgd],
      transfer: [990, 700, transfer + 2 * ((seed + 1) % 2)],
      unbounded,
    })),
  );
}

function evidenceOf(
  measured: readonly MeasuredArm[],
  changed: Partial<AdversarialExperiment> = {},
): AdversarialEvidence {
  const arms = measured.map((arm) => judgeArm(arm, 0.3));
  const labelSmoothings = [...new Set(arms.map(({ labelSmoothing }) => labelSmoothing))];
  return {
    schema: "softlabel.adversarial/1",
    experiment: {
      data: {
        name: "MNIST",
        hash: "h",
        classes: 3,
        classNames: ["0", "1", "2"],
        height: 1,
        width: 2,
        channels: 1,
        trainRows: 5_000,
        testRows: 10_000,
        attackedRows: 1_000,
      },
      model: "cleverhans",
      parameters: 9,
      labelSmoothings,
      doubleSmoothing: false,
      seeds: arms[0].trials.map(({ seed }) => seed),
      epochs: 2,
      batchSize: 128,
      learningRate: 1e-3,
      optimizer: "adam",
      attack: {
        name: arms.some(({ training }) => training === "adversarial") ? "fgsm" : "none",
        norm: "inf",
        epsilon: 0.3,
        steps: 40,
        stepSize: 0.01875,
        restarts: 1,
        coefficient: 0.5,
      },
      strengths,
      versions: {},
      codeVersion: "c",
      command: "npx softlabel adversarial",
      ...changed,
    },
    arms,
    comparisons: compareSmoothing(arms, 0.3),
    checks: measured.flatMap(checkMasking),
    digits: [],
    run: {
      startedAt: "",
      finishedAt: "",
      seconds: 1,
      trialSeconds: {},
      trialsReused: 0,
      jobs: 1,
      queue: "local",
      machine: { platform: "", cpu: "", cores: 1, node: "" },
    },
  };
}

const plain = { fgsm: 30, pgd: 0, transfer: 300 };
/** Twenty points better under FGSM; no better elsewhere. */
const hidden = { fgsm: 230, pgd: 0, transfer: 250 };
const pair = (seeds: number, smoothed: Right): AdversarialEvidence =>
  evidenceOf([armOf(0, "clean", seeds, plain), armOf(0.1, "clean", seeds, smoothed)]);

describe("hidden gradients", () => {
  test("are said where FGSM is shown to say more robust and PGD and transfer are not", () => {
    expect(hiddenGradients(pair(10, hidden))).toEqual([
      "The gain under FGSM is hidden gradients: trained on clean images with label smoothing ε = 0.1, the models keep " +
        "23.1% against 3.1% without smoothing under FGSM of ε = 0.3 in L∞, but under PGD 0.0% against 0.0% without " +
        "smoothing and under transferred PGD 25.1% against 30.1% without smoothing.",
    ]);
  });

  test("name only the attack that denies the gain", () => {
    const [sentence] = hiddenGradients(pair(10, { ...hidden, transfer: 600 }));
    expect(sentence).toContain("but under PGD 0.0% against 0.0% without smoothing.");
    expect(sentence).not.toContain("transferred");
  });

  test("are said by the means, and that it is by the means, with too few seeds for a test", () => {
    expect(hiddenGradients(pair(2, hidden))[0]).toMatch(/ \(by the means of 2 seeds, too few for a test\)\.$/);
    expect(hiddenGradients(pair(2, { ...hidden, fgsm: 35 }))).toEqual([]);
  });

  test("are not said where the gain holds under every attack; that is said instead", () => {
    const held = pair(10, { fgsm: 230, pgd: 150, transfer: 500 });
    expect(hiddenGradients(held)).toEqual([]);
    expect(robustnessGained(held)[0]).toMatch(
      /^More robust, as far as these attacks can tell: trained on clean images with label smoothing ε = 0\.1, accuracy under attacks of ε = 0\.3 in L∞ goes under FGSM from 3\.1% to 23\.1% \(\+20\.0 percentage points, 95% interval /,
    );
    expect(robustnessGained(pair(10, hidden))).toEqual([]);
    expect(robustnessGained(pair(10, plain))).toEqual([]);
  });

  test("are neither said nor denied where PGD gains half of it or more, but is not shown to", () => {
    const unsure = evidenceOf([
      armOf(0, "clean", 10, plain),
      measuredArm(
        0.1,
        "clean",
        1_000,
        Array.from({ length: 10 }, (_, seed) => ({
          clean: 0.98,
          fgsm: [990, 500, 230],
          pgd: [990, 300, seed < 2 ? 600 : 0],
          transfer: [990, 700, 500],
        })),
      ),
    ]);
    expect(unsure.comparisons[0].difference.pgd.mean).toBeCloseTo(0.12, 3);
    expect(hiddenGradients(unsure)).toEqual([]);
    expect(robustnessGained(unsure)).toEqual([]);
  });

  test("come first in the verdict", () => {
    expect(adversarialVerdict(pair(10, hidden))[0]).toMatch(/^The gain under FGSM is hidden gradients/);
  });
});

describe("other strengths", () => {
  test("are told where the intervals of PGD lie apart there, whichever arm is above", () => {
    expect(otherStrengths(pair(10, { ...hidden, weakPgd: 450 }))).toEqual([
      "Under PGD of other strengths, models trained on clean images with label smoothing ε = 0.1 keep, against those " +
        "without, 45.0% against 30.0% at 0.1: there the 95% intervals on the 1,000 attacked rows lie apart.",
    ]);
    expect(otherStrengths(pair(10, { ...hidden, weakPgd: 200 }))[0]).toContain("20.0% against 30.0% at 0.1");
  });

  test("are passed over where the intervals meet, and so is the attack's own strength", () => {
    expect(otherStrengths(pair(10, { ...hidden, weakPgd: 320 }))).toEqual([]);
    expect(otherStrengths(pair(10, { ...hidden, pgd: 500 }))).toEqual([]);
  });
});

describe("what smoothing changed", () => {
  test("is told condition by condition, as risen, fallen or not shown", () => {
    const [sentence] = smoothingChanged(pair(10, { clean: 0.99, ...hidden }));
    expect(sentence).toMatch(
      /^Label smoothing ε = 0\.1 on models trained on clean images: accuracy on clean images rose /,
    );
    expect(sentence).toContain(
      "from 98.05% to 99.05% (+1.00 percentage points, 95% interval +1.00 to +1.00, Holm p 0.008)",
    );
    expect(sentence).toContain("under FGSM rose from 3.1% to 23.1%");
    expect(sentence).toContain("under PGD not shown to change, from 0.0% to 0.0%");
    expect(sentence).toContain("under transferred PGD fell from 30.1% to 25.1%");
  });

  test("is told without verb, interval and p where no test can tell", () => {
    expect(smoothingChanged(pair(2, hidden))).toEqual([
      "Label smoothing ε = 0.1 on models trained on clean images: accuracy on clean images from 98.05% to 98.05% (0.00 " +
        "percentage points); under FGSM from 3.1% to 23.1% (+20.0 percentage points); under PGD from 0.0% to 0.0% (0.0 " +
        "percentage points); under transferred PGD from 30.1% to 25.1% (−5.0 percentage points) (by the means of 2 seeds, " +
        "too few for a test).",
    ]);
  });

  test("has nothing to compare without ε = 0, or with nothing else", () => {
    expect(nothingToCompare(evidenceOf([armOf(0, "clean", 2, plain)]))).toEqual([
      "Only ε = 0 was trained, so nothing says what label smoothing does; --label-smoothing 0,0.1 compares.",
    ]);
    expect(nothingToCompare(evidenceOf([armOf(0.1, "clean", 2, plain)]))[0]).toMatch(/^ε = 0 was not trained, so /);
    expect(nothingToCompare(pair(2, plain))).toEqual([]);
  });
});

describe("adversarial training", () => {
  const trained = { clean: 0.97, fgsm: 900, pgd: 400, transfer: 930 };

  test("is told by what it gave under each attack and cost on clean images", () => {
    const [sentence] = adversarialTraining(
      evidenceOf([armOf(0, "clean", 2, plain), armOf(0, "adversarial", 2, { ...trained, pgd: 850 })]),
    );
    expect(sentence).toBe(
      "Training against FGSM took accuracy under attacks of ε = 0.3 in L∞, at ε = 0 of smoothing, under FGSM from 3.1% to " +
        "90.1%, under PGD from 0.0% to 85.0% and under transferred PGD from 30.1% to 93.1%; on clean images it cost 1.00 " +
        "percentage points (98.05% to 97.05%).",
    );
  });

  test("against FGSM that PGD sees through is said to be against FGSM alone", () => {
    const sentences = adversarialTraining(
      evidenceOf([armOf(0, "clean", 2, plain), armOf(0, "adversarial", 2, trained)]),
    );
    expect(sentences[1]).toBe(
      "ε = 0 trained against FGSM withstands the one step that it was trained against, not many small ones: 90.1% under " +
        "FGSM, 40.0% under PGD; --attack pgd trains against those.",
    );
  });

  test("is silent where none was trained", () => {
    expect(adversarialTraining(pair(2, hidden))).toEqual([]);
  });
});

describe("checks, seeds and limits", () => {
  test("failed checks are named with their numbers, arm by arm", () => {
    const failing = evidenceOf([
      armOf(0, "clean", 2, plain),
      armOf(0.1, "clean", 2, { fgsm: 900, pgd: 800, transfer: 100, unbounded: 7 }),
    ]);
    const sentences = maskingChecked(failing);
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toMatch(
      /^With ε = 0\.1 trained on clean images, 2 checks for hidden gradients failed, so its accuracy under attack may be too high\. "unbounded attack reaches 0": PGD /,
    );
    expect(sentences[0]).toContain('14 of 2000 rows (0.7%) right. "transfer is not stronger": At ε = 0.3, ');
    expect(maskingChecked(pair(2, hidden))).toEqual(["All 6 checks for hidden gradients passed."]);
  });

  test("too few seeds are said, with how many it takes", () => {
    expect(tooFewSeeds(pair(2, hidden))).toEqual([
      "2 seeds cannot show any of these differences to be more than chance: the exact sign-flip test, corrected for 4 " +
        "comparisons, can give no p below 1; to show one takes 8 seeds at least (--seeds).",
    ]);
    expect(tooFewSeeds(pair(8, hidden))).toEqual([]);
    expect(tooFewSeeds(evidenceOf([armOf(0, "clean", 1, plain)]))).toEqual([]);
  });

  test("0.3 in L∞ is called a huge ball, a smaller one or one in L2 is not", () => {
    const evidence = pair(2, hidden);
    expect(hugeBall(evidence)[0]).toMatch(/^0\.3 in L∞ is a huge ball: every pixel may change by 30% of the way /);
    const at = (attack: Partial<AdversarialExperiment["attack"]>) =>
      hugeBall({
        ...evidence,
        experiment: { ...evidence.experiment, attack: { ...evidence.experiment.attack, ...attack } },
      });
    expect(at({ epsilon: 0.1 })).toEqual([]);
    expect(at({ norm: 2, epsilon: 2 })).toEqual([]);
  });

  test("training shorter than the tutorial's is said, with the command for the whole", () => {
    const { experiment, ...others } = pair(2, hidden);
    const command = "npx softlabel adversarial --train-size 5000 --epochs 2 --seeds 2";
    expect(shortTraining({ ...others, experiment: { ...experiment, command } })).toEqual([
      "2 epochs of 5,000 images may end before training has come to its end (cleverhans' tutorial has 6 of 60,000), so " +
        "differences may be differences in speed of training. To see: npx softlabel adversarial --train-size all --epochs 6 " +
        "--seeds 2",
    ]);
    const data = { ...experiment.data, trainRows: 60_000 };
    expect(shortTraining({ ...others, experiment: { ...experiment, data, epochs: 6 } })).toEqual([]);
  });

  test("smoothing twice is told with the ε that was trained", () => {
    const evidence = pair(2, hidden);
    expect(smoothedTwice(evidence)).toEqual([]);
    expect(smoothedTwice({ ...evidence, experiment: { ...evidence.experiment, doubleSmoothing: true } })).toEqual([
      "Smoothing was applied twice, as cleverhans' tutorials did for three weeks (their pull request 483): ε = 0.1 trained as 0.19.",
    ]);
  });

  test("every verdict ends with what it does not speak of", () => {
    const sentences = adversarialVerdict(pair(1, hidden));
    expect(sentences.at(-1)).toBe(limits(pair(1, hidden))[0]);
    expect(sentences.at(-1)).toMatch(
      /^Accuracies under attack are those of the first 1,000 test images and are upper bounds: /,
    );
  });
});
