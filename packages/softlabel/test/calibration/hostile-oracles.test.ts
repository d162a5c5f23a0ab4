import { spawnSync } from "node:child_process";
import {
  auroc,
  corpDecomposition,
  expectedCalibrationError,
  falsePositiveRateAtRecall,
  type Outcomes,
} from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { pythonWith } from "../../../../test/optional-parts/optional-parts.ts";
import { seededRandom } from "../../src/statistics/random.ts";
import { expectClose } from "../expect-all-close.ts";

const script = `
import json, sys
import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, roc_auc_score, roc_curve
found = []
for given in json.load(sys.stdin):
    c, y = np.array(given["confidence"]), np.array(given["correct"])
    both = 0 < y.sum() < len(y)
    false_rate, recall, _ = roc_curve(y, c, drop_intermediate=False) if both else (None, None, None)
    mended = IsotonicRegression(y_min=0, y_max=1).fit(c, y).predict(c)
    accuracy, confidence = calibration_curve(y, c, n_bins=15)
    counts = np.bincount(np.searchsorted(np.linspace(0, 1, 16)[1:-1], c), minlength=15)
    gaps = np.abs(accuracy - confidence)
    found.append({
        "auroc": roc_auc_score(y, c) if both else None,
        "fpr95": false_rate[np.argmax(recall >= 0.95)] if both else None,
        "brier": brier_score_loss(y, c, pos_label=1),
        "refinement": np.mean((mended - y) ** 2),
        "ece": (counts[counts > 0] / len(c)) @ gaps,
        "mce": gaps.max(),
    })
print(json.dumps(found))
`;

interface Found {
  readonly auroc: number | null;
  readonly fpr95: number | null;
  readonly brier: number;
  readonly refinement: number;
  readonly ece: number;
  readonly mce: number;
}

/** Confidences that break what counts on a spread of them, and outcomes of one kind among those of both. */
function cases(): readonly Outcomes[] {
  const { below, next } = seededRandom(11);
  const uniform = (): number => next() / 2 ** 32;
  const confidences: readonly (() => number)[] = [
    () => 0.5,
    () => below(2),
    () => 1,
    () => below(16) / 15,
    () => [0, 1 / 3, 0.5, 0.2, 1][below(5)],
    // scikit-learn takes confidences that differ by less than 1e-15 for equal.
    () => uniform() * 1e-9,
    uniform,
  ];
  const outcomes: readonly (() => number)[] = [() => below(2), () => 1, () => 0];
  const list = (length: number, of: () => number): number[] => Array.from({ length }, of);
  return [1, 2, 3, 50, 400].flatMap((rows) =>
    confidences.flatMap((of) => outcomes.map((right) => ({ confidence: list(rows, of), correct: list(rows, right) }))),
  );
}

describe("scikit-learn's values under ties everywhere, one kind of outcome, confidences of exactly 0 and 1", () => {
  it("are ours [needs sklearn]", (test) => {
    const python = pythonWith("sklearn");
    if (python === null) return test.skip("[needs sklearn]");
    const given = cases();
    const { stdout, stderr } = spawnSync(python, ["-W", "ignore", "-c", script], {
      input: JSON.stringify(given),
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    const found: readonly Found[] = JSON.parse(stdout);
    expect(found).toHaveLength(105);
    for (const [i, theirs] of found.entries()) {
      const outcomes = given[i];
      const { score, miscalibration } = corpDecomposition(outcomes);
      const ours: Found = {
        auroc: auroc(outcomes),
        fpr95: falsePositiveRateAtRecall(outcomes),
        brier: score,
        refinement: score - miscalibration,
        ece: expectedCalibrationError(outcomes),
        mce: expectedCalibrationError(outcomes, { norm: "max" }),
      };
      for (const name of Object.keys(ours) as (keyof Found)[]) {
        // Sums of 400 numbers of at most 1, in another order.
        if (theirs[name] === null) expect(ours[name], `case ${i}: ${name}`).toBeNull();
        else expectClose(ours[name] as number, theirs[name] as number, { atol: 1e-14 }, `case ${i}: ${name}`);
      }
    }
  });
});
