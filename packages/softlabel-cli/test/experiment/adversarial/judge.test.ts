import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { negativeLogLikelihood } from "softlabel/calibration";
import { describe, expect, onTestFinished, test } from "vitest";
import { writeNpz } from "../../../src/data/npz.ts";
import { attackedCalibration } from "../../../src/experiment/adversarial/attacked-calibration.ts";
import { checkMasking } from "../../../src/experiment/adversarial/check-masking.ts";
import { compareSmoothing } from "../../../src/experiment/adversarial/compare-smoothing.ts";
import { judgeArm } from "../../../src/experiment/adversarial/judge-arms.ts";
import { arraysOf, attackedFile, readAttacked } from "../../../src/experiment/adversarial/measuring/attacked-files.ts";
import { chooseDigits } from "../../../src/experiment/adversarial/measuring/digits.ts";
import { createStages } from "../../../src/experiment/adversarial/measuring/stages.ts";
import { stepCounts, unbounded, withSteps } from "../../../src/experiment/adversarial/measuring/step-counts.ts";
import { showDigits } from "../../../src/experiment/adversarial/show-digits.ts";
import { wilsonInterval } from "../../../src/experiment/wilson-interval.ts";
import { measuredArm } from "./support/measured.ts";

const plain = measuredArm(0, "clean", 20, [
  { clean: 0.98, fgsm: [19, 10, 1], pgd: [19, 6, 0], transfer: [19, 12, 8] },
  { clean: 0.96, fgsm: [20, 12, 2], pgd: [20, 8, 1], transfer: [20, 14, 6] },
]);

describe("judgeArm", () => {
  const arm = judgeArm(plain, 0.3);

  test("accuracies are those at the attack's ε, seed by seed, but the clean ones, which are of all test rows", () => {
    expect(arm.perSeed.test).toEqual({ clean: [0.98, 0.96], fgsm: [0.05, 0.1], pgd: [0, 0.05], transfer: [0.4, 0.3] });
    expect(arm.perSeed.train).toEqual({ clean: [0.9, 0.91], fgsm: [0.1, 0.11] });
    for (const [name, mean] of Object.entries({ clean: 0.97, fgsm: 0.075, pgd: 0.025, transfer: 0.35 })) {
      expect(arm.test[name as keyof typeof arm.test]).toBeCloseTo(mean, 12);
    }
    expect(arm.train.clean).toBeCloseTo(0.905, 12);
    expect(arm.trials).toEqual([
      { seed: 1, train: "t1", attack: "a1" },
      { seed: 2, train: "t2", attack: "a2" },
    ]);
  });

  test("curves have a point per strength: mean and deviation over seeds, and Wilson's interval of the mean on the rows of one: all judge the same", () => {
    expect(arm.curves.pgd.map(({ strength }) => strength)).toEqual([0, 0.1, 0.3]);
    const { accuracy, low, high } = arm.curves.pgd[1];
    expect(accuracy.perSeed).toEqual([0.3, 0.4]);
    expect(accuracy.mean).toBeCloseTo(0.35, 12);
    expect(accuracy.sd).toBeCloseTo(Math.SQRT1_2 / 10, 12);
    expect({ low, high }).toEqual(wilsonInterval(accuracy.mean, 20, 0.95));
    expect(arm.curves.transfer[2].accuracy.perSeed).toEqual(arm.perSeed.test.transfer);
  });

  test("calibration pools the attacked rows of all seeds", () => {
    const { clean, fgsm } = arm.calibration;
    expect([clean.rows, clean.accuracy]).toEqual([40, 39 / 40]);
    expect(fgsm.accuracy).toBe(3 / 40);
    expect(fgsm.reliability.reduce((sum, { count }) => sum + count, 0)).toBe(40);
    expect(fgsm.confidence.reduce((sum, { wrong }) => sum + wrong, 0)).toBe(37);
  });
});

describe("attackedCalibration", () => {
  test("gives accuracy, mean confidence, that of wrong rows, ECE and NLL", () => {
    const logits = Float32Array.from([Math.log(3), 0, 0, Math.log(4)]); // confidences 0.75 and 0.8
    const judged = attackedCalibration([
      { labels: Int32Array.of(0), classes: 2, logits: logits.slice(0, 2) },
      { labels: Int32Array.of(0), classes: 2, logits: logits.slice(2) },
    ]);
    expect(judged.accuracy).toBe(0.5);
    expect(judged.meanConfidence).toBeCloseTo(0.775, 6);
    expect(judged.meanConfidenceWrong).toBeCloseTo(0.8, 6);
    expect(judged.ece).toBeCloseTo((0.25 + 0.8) / 2, 6);
    const nll = negativeLogLikelihood([0, 0], { data: logits, shape: [2, 2], kind: "logits" });
    expect(judged.nll).toBe(nll);
  });

  test("has no confidence of wrong rows where none is wrong", () => {
    const rows = { labels: Int32Array.of(1), classes: 2, logits: Float32Array.of(0, 1) };
    expect(attackedCalibration([rows]).meanConfidenceWrong).toBeNull();
  });
});

describe("compareSmoothing", () => {
  /** Five accuracies of each condition at 0.3, all seeds alike but for `noise`. */
  const armOf = (
    epsilon: number,
    training: "clean" | "adversarial",
    right: Record<"fgsm" | "pgd" | "transfer", number>,
  ) =>
    judgeArm(
      measuredArm(
        epsilon,
        training,
        100,
        Array.from({ length: 10 }, (_, seed) => ({
          clean: 0.97,
          fgsm: [99, 50, right.fgsm + (seed % 3)],
          pgd: [99, 40, right.pgd + (seed % 2)],
          transfer: [99, 60, right.transfer + (seed % 4)],
        })),
      ),
      0.3,
    );
  const baseline = armOf(0, "clean", { fgsm: 5, pgd: 1, transfer: 30 });

  test("takes every smoothed arm against ε = 0 of its own training, seed by seed", () => {
    const trained = armOf(0, "adversarial", { fgsm: 80, pgd: 20, transfer: 85 });
    const smoothed = armOf(0.1, "adversarial", { fgsm: 70, pgd: 22, transfer: 80 });
    const [comparison, ...others] = compareSmoothing([baseline, trained, smoothed], 0.3);
    expect(others).toEqual([]);
    expect(comparison).toMatchObject({ labelSmoothing: 0.1, training: "adversarial", masked: false });
    expect(comparison.difference.fgsm.mean).toBeCloseTo(-0.1, 12);
    expect(comparison.difference.pgd.perSeed).toEqual(Array.from({ length: 10 }, () => expect.closeTo(0.02, 12)));
    expect(comparison.difference.clean).toMatchObject({ mean: 0, p: 1, pHolm: 1 });
  });

  test("Holm's correction is over all differences of all comparisons", () => {
    const smoothed = armOf(0.1, "clean", { fgsm: 25, pgd: 1, transfer: 20 });
    const more = armOf(0.2, "clean", { fgsm: 35, pgd: 3, transfer: 10 });
    const [first] = compareSmoothing([baseline, smoothed, more], 0.3);
    expect(first.difference.fgsm.p).toBe(2 / 2 ** 10);
    // Five of eight differences are not 0, and all of these have the least p that ten seeds give.
    expect(first.difference.fgsm.pHolm).toBe((8 * 2) / 2 ** 10);
    expect(first.difference.pgd.pHolm).toBe(1);
  });

  test("marks a gain under FGSM as masked where PGD or transfer shows none", () => {
    const masked = (right: Record<"fgsm" | "pgd" | "transfer", number>): boolean =>
      compareSmoothing([baseline, armOf(0.1, "clean", right)], 0.3)[0].masked;
    expect(masked({ fgsm: 25, pgd: 1, transfer: 60 })).toBe(true);
    expect(masked({ fgsm: 25, pgd: 25, transfer: 25 })).toBe(true);
    expect(masked({ fgsm: 25, pgd: 25, transfer: 60 })).toBe(false);
    // A gain that is shown under the stronger attacks is one, though smaller.
    expect(masked({ fgsm: 45, pgd: 4, transfer: 35 })).toBe(false);
    expect(masked({ fgsm: 4, pgd: 0, transfer: 10 })).toBe(false);
  });

  test("a transferred attack that fells too few rows to leave room for a gain denies none", () => {
    const masked = (transfer: number): boolean => {
      const [plain, smoothed] = [
        armOf(0, "clean", { fgsm: 40, pgd: 20, transfer }),
        armOf(0.1, "clean", { fgsm: 60, pgd: 40, transfer }),
      ];
      return compareSmoothing([plain, smoothed], 0.3)[0].masked;
    };
    // Of 99 rows that are right when clean half of FGSM's gain of 20 has room above 85 (1.3 on average more), not 95.
    expect(masked(85)).toBe(true);
    expect(masked(95)).toBe(false);
  });

  test("with too few seeds a mean is a gain where its interval on the attacked rows lies above the other's", () => {
    const two = (epsilon: number, fgsm: number, pgd: number) =>
      judgeArm(
        measuredArm(epsilon, "clean", 1000, [
          { clean: 0.97, fgsm: [990, 500, fgsm], pgd: [990, 400, pgd], transfer: [990, 600, pgd] },
          { clean: 0.97, fgsm: [990, 500, fgsm], pgd: [990, 400, pgd], transfer: [990, 600, pgd] },
        ]),
        0.3,
      );
    const maskedBy = (fgsm: number, pgd: number): boolean =>
      compareSmoothing([two(0, 50, 20), two(0.1, fgsm, pgd)], 0.3)[0].masked;
    // Of 1,000 rows 50 are right without smoothing, Wilson 3.8 % to 6.5 %: 85 have 6.9 % to 10.4 %, 75 only 6.0 %.
    expect(maskedBy(85, 20)).toBe(true);
    expect(maskedBy(75, 20)).toBe(false);
    expect(maskedBy(85, 60)).toBe(false);
  });

  test("compares nothing without ε = 0", () => {
    expect(compareSmoothing([armOf(0.1, "clean", { fgsm: 1, pgd: 1, transfer: 1 })], 0.3)).toEqual([]);
  });
});

describe("checkMasking", () => {
  test("judges the rows of all seeds together", () => {
    const checks = checkMasking(plain);
    expect(checks.map(({ name, passed }) => [name, passed])).toEqual([
      ["unbounded attack reaches 0", true],
      ["more steps never help the defender", true],
      ["transfer is not stronger", true],
    ]);
    expect(checks[0]).toMatchObject({ labelSmoothing: 0, training: "clean" });
    expect(checks[0].evidence).toContain("0 of 40 rows");
  });

  test("fails where rows withstand anything, or fall to another model's images alone", () => {
    const hiding = measuredArm(0.1, "clean", 20, [
      { clean: 0.9, fgsm: [20, 20, 20], pgd: [20, 20, 20], transfer: [20, 9, 4], unbounded: 3 },
    ]);
    expect(checkMasking(hiding).map(({ passed }) => passed)).toEqual([false, true, false]);
  });
});

describe("showDigits", () => {
  test("shows each image as it is and as every arm's model of the first seed is attacked", () => {
    const smoothed = measuredArm(0.1, "clean", 20, [
      { clean: 0.98, fgsm: [20, 15, 2], pgd: [20, 6, 0], transfer: [20, 12, 8] },
    ]);
    const pixels = (row: number): readonly number[] => [row, 255 - row];
    const digits = showDigits([plain, smoothed], { pixels, attack: "fgsm" });
    expect(digits.map(({ row, label, clean }) => [row, label, clean])).toEqual([
      [0, 0, [0, 255]],
      [1, 1, [1, 254]],
      [2, 2, [2, 253]],
    ]);
    const [first, second] = digits[1].seenBy;
    expect([first.labelSmoothing, first.attacked, second.labelSmoothing]).toEqual([0, [12, 13], 0.1]);
    expect(first.prediction.clean.label).toBe(1);
    expect(first.prediction.attacked.label).toBe(2); // one row of twenty withstands FGSM of 0.3, row 0
    expect(second.prediction.attacked.label).toBe(1);
    const z = 2 + 1 / 20;
    expect(first.prediction.clean.confidence).toBeCloseTo(Math.exp(z) / (Math.exp(z) + 2), 6);
    expect(showDigits([plain], { pixels, attack: "pgd" })[2].seenBy[0].attacked).toEqual([114, 115]);
  });

  test("the first row of each class is kept, ten at most, as bytes", () => {
    const labels = Int32Array.of(3, 1, 3, 0, 1);
    const images = Float32Array.from({ length: 10 }, (_, i) => i / 16);
    const kept = chooseDigits(labels, { classes: 4, inputSize: 2 }, { fgsm: images, pgd: images.map((x) => 1 - x) });
    expect([...kept.digitRows]).toEqual([0, 1, 3]);
    expect([...kept.digitImages.fgsm]).toEqual([0, 1, 2, 3, 6, 7].map((i) => Math.round((255 * i) / 16)));
    expect(
      chooseDigits(
        Int32Array.from({ length: 30 }, (_, i) => i),
        { classes: 30, inputSize: 1 },
        { fgsm: new Float32Array(30), pgd: new Float32Array(30) },
      ).digitRows,
    ).toHaveLength(10);
  });
});

describe("attacked.npz", () => {
  test("is read as it was written", () => {
    const folder = mkdtempSync(join(tmpdir(), "softlabel-attacked-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [arrays] = plain.attacked;
    writeNpz(join(folder, attackedFile), arraysOf(arrays));
    expect(readAttacked(folder)).toEqual(arrays);
  });
});

describe("what checks for hidden gradients take", () => {
  const pgd = { kind: "pgd", epsilon: 0.3, norm: "inf", steps: 40, stepSize: 0.01875, restarts: 1 } as const;

  test("a quarter, half and all of the steps go the same way, in strides of at most ε", () => {
    expect(stepCounts(pgd)).toEqual([10, 20, 40]);
    expect(stepCounts({ ...pgd, steps: 2 })).toEqual([1, 2]);
    expect(stepCounts({ ...pgd, steps: 1 })).toEqual([1, 2]);
    expect(withSteps(pgd, 10)).toEqual({ ...pgd, steps: 10, stepSize: 0.075 });
    expect(withSteps({ ...pgd, steps: 2, stepSize: 0.3 }, 1).stepSize).toBe(0.3);
  });

  test("the unbounded ball reaches from any image to any other", () => {
    expect(unbounded(pgd, 784)).toMatchObject({ epsilon: 1, stepSize: expect.closeTo(0.0625, 12) });
    expect(unbounded({ ...pgd, norm: 2 }, 784)).toMatchObject({ epsilon: 28 });
  });
});

describe("createStages", () => {
  test("tells the stages as parts of one whole", () => {
    const told: number[] = [];
    const stages = createStages(({ step, totalSteps }) => told.push(step / totalSteps), 20);
    const first = stages.next(4);
    first({ done: 1, total: 2 });
    first({ done: 2, total: 2 });
    const second = stages.next(16);
    second({ done: 0, total: 8 });
    second({ done: 6, total: 8 });
    expect(told).toEqual([0.1, 0.2, 0.2, 0.8]);
  });
});
