import fc from "fast-check";
import { ArgumentError } from "softlabel";
import { describe, expect, it } from "vitest";
import { candidates, samplers } from "../../../src/experiment/search/candidates.ts";
import { type ParameterRange, parseRange } from "../../../src/experiment/search/range.ts";
import { parseSpace } from "../../../src/experiment/search/space.ts";
import { valueAt } from "../../../src/experiment/search/value-at.ts";

const at = (text: string, u: number): unknown => valueAt(parseRange(text, "--search x"), u);

describe("the value at a share of a range", () => {
  it.each([
    ["lin:0..0.5", 0.25, 0.125],
    ["lin:-1..1", 0.123_456, -0.753],
    ["lin:1000..5000", 1 / 3, 2333],
    ["log:1e-4..1e-2", 0.5, 0.001],
    // 10^(−4 + 2·0.3) = 3.98107e-4
    ["log:1e-4..1e-2", 0.3, 0.000_398_1],
    ["int:1..8", 0, 1],
    ["int:1..8", 0.124, 1],
    ["int:1..8", 0.125, 2],
    ["int:1..8", 1 - 2 ** -32, 8],
    ["int:-3..3", 0.5, 0],
    // 7.5·(256.5/7.5)^½ = 43.86
    ["log-int:8..256", 0.5, 44],
    ["log-int:8..256", 0, 8],
    ["log-int:8..256", 1 - 2 ** -32, 256],
    ["a|b|c", 0.34, "b"],
    ["bool", 0.5, true],
  ])("of %s at %f is %s", (text, u, expected) => {
    expect(at(text, u)).toBe(expected);
  });

  it("lies in the range, and grows with the share", () => {
    const ranges = [
      "lin:0.12345..0.5",
      "lin:0..1e-9",
      "lin:-1e9..1e12",
      "log:1e-12..1e12",
      "log:0.99..1.01",
      "log-int:1..1000000",
    ];
    const share = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((digits) => digits / 2 ** 32);
    fc.assert(
      fc.property(fc.constantFrom(...ranges), share, share, (text, u, v) => {
        const { low, high } = parseRange(text, "x") as Extract<ParameterRange, { low: number }>;
        const [a, b] = [at(text, Math.min(u, v)), at(text, Math.max(u, v))] as [number, number];
        expect(a).toBeGreaterThanOrEqual(low);
        expect(b).toBeLessThanOrEqual(high);
        expect(b).toBeGreaterThanOrEqual(a);
      }),
    );
  });

  it("tells a thousand steps of a range apart, but not the last digits of a power", () => {
    for (const text of ["lin:0..0.5", "lin:0.9990..0.9999", "log:1e-4..1e-2", "log:0.99..1.01", "log:1e-12..1e12"]) {
      const values = new Set(Array.from({ length: 1000 }, (_, i) => at(text, (i + 0.5) / 1000)));
      // Under a logarithm a decimal step is up to ten times coarser at the upper end of a decade than at the lower.
      expect(values.size, text).toBeGreaterThan(900);
      const fine = new Set(Array.from({ length: 100_000 }, (_, i) => at(text, i / 100_000)));
      expect(fine.size, text).toBeLessThan(60_000);
    }
  });

  it("of whole numbers shares them equally", () => {
    const counts = new Map<unknown, number>();
    for (let i = 0; i < 7000; i++)
      counts.set(at("int:2..8", i / 7000), (counts.get(at("int:2..8", i / 7000)) ?? 0) + 1);
    expect(counts.size).toBe(7);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThanOrEqual(1);
  });
});

const space = parseSpace(["learning-rate=log:1e-4..1e-2", "dropout=0..0.5", "optimizer=adam|sgd"]);

describe.each(samplers)("candidates by %s", (sampler) => {
  it("are the same for the same seed, others for another, and begin with those of fewer samples", () => {
    const sixteen = candidates(space, 16, sampler, 1);
    expect(sixteen).toHaveLength(16);
    expect(candidates(space, 16, sampler, 1)).toEqual(sixteen);
    expect(candidates(space, 5, sampler, 1)).toEqual(sixteen.slice(0, 5));
    expect(candidates(space, 16, sampler, 2)).not.toEqual(sixteen);
  });

  it("do not depend on the order in which parameters were typed", () => {
    const typed = ["learning-rate=log:1e-4..1e-2", "dropout=0..0.5", "optimizer=adam|sgd"];
    expect(candidates(parseSpace(typed.toReversed()), 8, sampler, 3)).toEqual(
      candidates(parseSpace(typed), 8, sampler, 3),
    );
  });

  it("are all different, and all settings where there are no more than samples", () => {
    const small = parseSpace(["a=int:1..3", "b=x|y", "c=log-int:1..2"]);
    const all = candidates(small, 100, sampler, 1);
    expect(all).toHaveLength(12);
    expect(new Set(all.map((parameters) => JSON.stringify(parameters))).size).toBe(12);
    expect(candidates(small, 7, sampler, 1)).toEqual(all.slice(0, 7));
  });

  it("name every parameter and stay in its range", () => {
    for (const parameters of candidates(space, 64, sampler, 9)) {
      expect(Object.keys(parameters)).toEqual(["dropout", "learning-rate", "optimizer"]);
      expect(parameters.dropout).toBeGreaterThanOrEqual(0);
      expect(parameters.dropout).toBeLessThanOrEqual(0.5);
      expect(parameters["learning-rate"]).toBeGreaterThanOrEqual(1e-4);
      expect(parameters["learning-rate"]).toBeLessThanOrEqual(1e-2);
      expect(["adam", "sgd"]).toContain(parameters.optimizer);
    }
  });
});

describe("candidates", () => {
  it("by Sobol's points try each choice equally often, and each half, quarter and eighth of a range once in as many", () => {
    const eight = candidates(space, 8, "sobol", 5);
    expect(eight.filter(({ optimizer }) => optimizer === "adam")).toHaveLength(4);
    const eighths = eight.map((parameters) => Math.floor(Number(parameters.dropout) * 16));
    expect(new Set(eighths).size).toBe(8);
  });

  it("are refused for a count that is none, for no parameter, and for more parameters than Sobol's table has", () => {
    for (const samples of [0, 1.5, Number.NaN, 1001]) {
      expect(() => candidates(space, samples, "sobol", 1)).toThrow(
        new ArgumentError(`--samples must be an integer from 1 to 1000, got ${samples}`),
      );
    }
    expect(() => candidates([], 4, "sobol", 1)).toThrow(
      "a search must have a parameter, got none; add --search NAME=RANGE",
    );
    const many = parseSpace(Array.from({ length: 22 }, (_, i) => `p${i}=bool`));
    expect(() => candidates(many, 4, "sobol", 1)).toThrow(
      new ArgumentError("Sobol's points must have at most 21 coordinates, got 22; use --sampler random"),
    );
    expect(candidates(many, 4, "random", 1)).toHaveLength(4);
  });
});
