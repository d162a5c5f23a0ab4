import { describe, expect, it } from "vitest";
import {
  maskingChecks,
  moreStepsNeverHelp,
  transferIsNotStronger,
  unboundedReachesZero,
} from "../../../src/experiment/adversarial/masking-checks.ts";

/** The first `right` of some rows are right. */
const first = (right: number, rows: number): Uint8Array =>
  Uint8Array.from({ length: rows }, (_, row) => (row < right ? 1 : 0));
/** The last ones are. */
const last = (right: number, rows: number): Uint8Array => first(right, rows).reverse();

describe("the unbounded attack", () => {
  it("passes when it leaves nothing right, and fails when it leaves one row", () => {
    expect(unboundedReachesZero(first(0, 40))).toEqual({
      name: "unbounded attack reaches 0",
      passed: true,
      evidence: "PGD that may change every pixel to any value left 0 of 40 rows (0.0%) right.",
    });
    const { passed, evidence } = unboundedReachesZero(first(1, 40));
    expect(passed).toBe(false);
    expect(evidence).toBe("PGD that may change every pixel to any value left 1 of 40 rows (2.5%) right.");
  });

  it("needs a row", () => {
    expect(() => unboundedReachesZero(first(0, 0))).toThrow("survivors must be one per row, 1 at least, got 0");
  });
});

describe("more steps", () => {
  it("pass when accuracy falls or stays", () => {
    const bySteps = [
      { steps: 10, survivors: first(30, 50) },
      { steps: 20, survivors: first(22, 50) },
      { steps: 40, survivors: first(22, 50) },
    ];
    expect(moreStepsNeverHelp(bySteps)).toEqual({
      name: "more steps never help the defender",
      passed: true,
      evidence: "PGD with 10, 20 and 40 steps left 30, 22 and 22 of 50 rows right, no rise beyond chance.",
    });
  });

  it("fail from the first rise whose probability is below 5 %: five rows saved and none lost are 1 in 32", () => {
    const saved = (rows: number): boolean =>
      moreStepsNeverHelp([
        { steps: 10, survivors: first(20, 50) },
        { steps: 20, survivors: first(20 + rows, 50) },
      ]).passed;
    expect(saved(4)).toBe(true); // 1 in 16
    expect(saved(5)).toBe(false);
  });

  it("weigh the rows that were saved against those that were lost", () => {
    // 20 rows saved; 10 lost leave P(Binomial(30, ½) ≥ 20) = 0.049, 12 lost P(Binomial(32, ½) ≥ 20) = 0.108.
    const rise = (lost: number): boolean =>
      moreStepsNeverHelp([
        { steps: 10, survivors: first(lost, 50) },
        { steps: 20, survivors: last(20, 50) },
      ]).passed;
    expect(rise(10)).toBe(false);
    expect(rise(12)).toBe(true);
  });

  it("are compared in all pairs, each held to its part of the 5 %: six rows are needed of three pairs", () => {
    const slow = (total: number): ReturnType<typeof moreStepsNeverHelp> =>
      moreStepsNeverHelp([
        { steps: 10, survivors: first(20, 50) },
        { steps: 20, survivors: first(20 + Math.floor(total / 2), 50) },
        { steps: 40, survivors: first(20 + total, 50) },
      ]);
    expect(slow(5).passed).toBe(true); // 1 in 32
    expect(slow(6).passed).toBe(false); // 1 in 64, below 1 in 60
    expect(slow(6).evidence).toBe(
      "PGD with 10 steps left 20 of 50 rows (40.0%) right, but with 40 steps 26 of 50 rows (52.0%): more than chance explains (p = 0.02).",
    );
  });

  it.each([
    [[{ steps: 10, survivors: first(1, 2) }], "bySteps must have two entries at least, got 1"],
    [
      [
        { steps: 20, survivors: first(1, 2) },
        { steps: 10, survivors: first(1, 2) },
      ],
      "bySteps must ascend, got 10 steps after 20",
    ],
    [
      [
        { steps: 10, survivors: first(1, 2) },
        { steps: 20, survivors: first(1, 3) },
      ],
      "survivors must be one per row, 2, got 3",
    ],
  ])("refuse %o", (bySteps, message) => {
    expect(() => moreStepsNeverHelp(bySteps)).toThrow(message);
  });
});

describe("transfer", () => {
  it("passes where it leaves as many rows right as the attack on the model itself, at every strength", () => {
    const byStrength = [
      { strength: 0, whiteBox: first(50, 50), transferred: first(50, 50) },
      { strength: 0.1, whiteBox: first(30, 50), transferred: last(30, 50) },
      { strength: 0.2, whiteBox: first(2, 50), transferred: first(20, 50) },
    ];
    expect(transferIsNotStronger(byStrength)).toEqual({
      name: "transfer is not stronger",
      passed: true,
      evidence:
        "At ε = 0.1, where the two come closest, PGD made on another model left 30 of 50 rows (60.0%) right, PGD on the model itself 30 of 50 rows (60.0%).",
    });
  });

  it("fails at the strength where it leads most clearly", () => {
    const { passed, evidence } = transferIsNotStronger([
      { strength: 0.1, whiteBox: first(31, 50), transferred: first(30, 50) },
      { strength: 0.2, whiteBox: first(29, 50), transferred: first(10, 50) },
      { strength: 0.3, whiteBox: first(1, 50), transferred: first(5, 50) },
    ]);
    expect(passed).toBe(false);
    expect(evidence).toBe(
      "At ε = 0.2, where transfer leads most clearly, PGD made on another model left 10 of 50 rows (20.0%) right, PGD on the model itself 29 of 50 rows (58.0%): more than chance explains (p = 0.000002).",
    );
  });

  it("fails only where more rows fell to it alone than chance explains: of two strengths six, none to the other", () => {
    const led = (rows: number): ReturnType<typeof transferIsNotStronger> =>
      transferIsNotStronger([
        { strength: 0.1, whiteBox: first(30, 50), transferred: first(30 - rows, 50) },
        { strength: 0.2, whiteBox: first(2, 50), transferred: first(20, 50) },
      ]);
    expect(led(6).passed).toBe(false); // 1 in 64, below 1 in 40
    expect(led(5).passed).toBe(true); // 1 in 32
    expect(led(1).evidence).toBe(
      "At ε = 0.1, where transfer leads most, PGD made on another model left 29 of 50 rows (58.0%) right, PGD on the model itself 30 of 50 rows (60.0%), no lead beyond chance.",
    );
  });

  it("needs a strength above 0, and the same rows", () => {
    const none = [{ strength: 0, whiteBox: first(1, 2), transferred: first(1, 2) }];
    expect(() => transferIsNotStronger(none)).toThrow("byStrength must have a strength above 0, got none");
    const other = [{ strength: 1, whiteBox: first(1, 2), transferred: first(1, 3) }];
    expect(() => transferIsNotStronger(other)).toThrow("survivors must be one per row, 2, got 3");
  });
});

it("all checks are made of all that was measured", () => {
  const checks = maskingChecks({
    unbounded: first(0, 10),
    bySteps: [
      { steps: 10, survivors: first(2, 10) },
      { steps: 20, survivors: first(9, 10) },
    ],
    byStrength: [{ strength: 0.1, whiteBox: first(3, 10), transferred: first(8, 10) }],
  });
  expect(checks.map(({ name, passed }) => [name, passed])).toEqual([
    ["unbounded attack reaches 0", true],
    ["more steps never help the defender", false],
    ["transfer is not stronger", true],
  ]);
});
