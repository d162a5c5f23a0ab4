import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explainCommand } from "../../src/commands/explain.ts";

const explain = (...words: string[]): string => {
  let text = "";
  explainCommand({ write: (more) => (text += more) })
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parse(words, {
      from: "user",
    });
  return text;
};

interface Document {
  readonly [name: string]: unknown;
  readonly probabilities: readonly number[];
  readonly smoothedTarget: readonly number[];
  readonly gradLogits: readonly number[];
  readonly priorShare: number;
  readonly loss: number;
  readonly crossEntropy: number;
  readonly priorCrossEntropy: number;
  readonly floor: number;
  readonly tensorflow: { readonly labelSmoothing: number; readonly manual: number };
}
const explainJson = (...words: string[]): Document => JSON.parse(explain(...words, "--json"));

const row = ["--logits", "2,1,0", "--label", "0"];
const close = (value: number): unknown => expect.closeTo(value, 12);

describe("softlabel explain --json", () => {
  it("gives every part of the row's loss", () => {
    // By hand: lse = log(e² + e + 1) = 2.407605964444380, H(q, p) = lse − 2, H(u, p) = lse − 1.
    const lse = Math.log(Math.exp(2) + Math.exp(1) + 1);
    const p = [2, 1, 0].map((z) => Math.exp(z - lse));
    const target = [0.9 + 0.1 / 3, 0.1 / 3, 0.1 / 3];
    expect(explainJson(...row, "--epsilon", "0.1")).toEqual({
      schema: "softlabel.explain/1",
      classes: ["0", "1", "2"],
      logits: [2, 1, 0],
      label: 0,
      labelSmoothing: 0.1,
      prior: null,
      convention: "all-classes",
      probabilities: p.map(close),
      target: [1, 0, 0],
      smoothedTarget: target.map(close),
      priorShare: 0.1,
      crossEntropy: close(lse - 2),
      priorCrossEntropy: close(lse - 1),
      loss: close(0.9 * (lse - 2) + 0.1 * (lse - 1)),
      floor: close(-target.reduce((sum, share) => sum + share * Math.log(share), 0)),
      gradLogits: p.map((share, k) => close(share - (target[k] ?? 0))),
      tensorflow: { labelSmoothing: close(lse - 1.9), manual: close(lse - 1.9) },
    });
  });

  it("smooths by 0.1 when nothing is said", () => {
    expect(explainJson(...row)).toEqual(explainJson(...row, "--epsilon", "0.1"));
  });

  it("takes negative logits in both spellings", () => {
    const spaced = explainJson("--logits", "-1,2,0", "--label", "1");
    expect(spaced.logits).toEqual([-1, 2, 0]);
    expect(explainJson("--logits=-1,2,0", "--label", "1")).toEqual(spaced);
  });

  it("mixes with a given prior, and still shows TensorFlow's uniform one", () => {
    const document = explainJson(...row, "--epsilon", "0.2", "--prior", "0.5,0.3,0.2");
    expect(document.smoothedTarget).toEqual([0.9, 0.06, 0.04].map(close));
    expect(document.tensorflow).toEqual(explainJson(...row, "--epsilon", "0.2").tensorflow);
    expect(document.tensorflow.manual).not.toBeCloseTo(document.loss, 3);
  });

  it("follows the other conventions", () => {
    const others = explainJson(...row, "--convention", "other-classes");
    expect(others.smoothedTarget).toEqual([0.9, 0.05, 0.05].map(close));
    const classy = explainJson(...row, "--convention", "classy-vision");
    expect(classy.smoothedTarget).toEqual([1 + 0.1 / 3, 0.1 / 3, 0.1 / 3].map((mass) => close(mass / 1.1)));
    expect(classy.priorShare).toBeCloseTo(0.1 / 1.1, 15);
  });

  it("adds the weighted terms up to the loss, whatever the row", () => {
    const logits = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 2, maxLength: 8 });
    const convention = fc.constantFrom("all-classes", "other-classes", "classy-vision");
    fc.assert(
      fc.property(logits, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), convention, (z, pick, epsilon, by) => {
        const label = String(pick % z.length);
        const words = [`--logits=${z.join(",")}`, "--label", label, "--epsilon", String(epsilon), "--convention", by];
        const e = explainJson(...words);
        const sum = (1 - e.priorShare) * e.crossEntropy + e.priorShare * e.priorCrossEntropy;
        expect(sum).toBeCloseTo(e.loss, 10);
        expect(e.loss).toBeGreaterThanOrEqual(e.floor - 1e-12);
        expect(e.gradLogits).toEqual(e.probabilities.map((p, k) => close(p - (e.smoothedTarget[k] ?? 0))));
        expect(e.tensorflow.manual).toBeCloseTo(e.tensorflow.labelSmoothing, 10);
      }),
      { numRuns: 100 },
    );
  });

  it("has a finite loss with a logit of −inf where q′ has no mass, and an infinite one elsewhere", () => {
    const without = explainJson("--logits", "2,1,-inf", "--label", "0", "--prior", "0.5,0.5,0");
    expect(without.loss).toBeCloseTo(explainJson("--logits", "2,1", "--label", "0").loss, 14);
    expect(without.probabilities[2]).toBe(0);
    const unsmoothed = explainJson("--logits", "2,1,-inf", "--label", "0", "--epsilon", "0");
    expect(unsmoothed.loss).toBeCloseTo(Math.log(1 + Math.exp(-1)), 14);
    expect(explainJson("--logits", "2,1,-inf", "--label", "0").loss).toBe("Infinity");
  });
});

describe("softlabel explain on a terminal", () => {
  it("shows p, q, q′ as bars, the terms of the loss, and TensorFlow's two ways", () => {
    expect(explain(...row, "--epsilon", "0.1", "--classes", "cat,dog,cow")).toBe(
      [
        "class       logit z  p: model         q: label         q′: target         p − q′",
        "cat      ←        2  0.6652 █████▍    1.0000 ████████  0.9333 ███████▌   −0.2681",
        "dog               1  0.2447 ██        0.0000           0.0333 ▎          +0.2114",
        "cow               0  0.0900 ▊         0.0000           0.0333 ▎          +0.0567",
        "",
        "Loss in nats (ε = 0.1, uniform prior, all-classes)",
        "  H(q, p)   cross-entropy to the label, unsmoothed                    0.407606",
        "  H(u, p)   cross-entropy to the prior                                1.407606",
        "  H(q′, p)  the loss = 0.9·H(q, p) + 0.1·H(u, p)                      0.507606",
        "  H(q′)     its floor: no model can go below it                       0.291140",
        "  KL(q′‖p)  what training can still gain: loss − floor                0.216466",
        "",
        "TensorFlow, which smooths toward the uniform prior only",
        "  label_smoothing=0.1                                       0.5076059644443803",
        "  y -= 0.1 * (y - 1/3), then no smoothing                   0.5076059644443803",
        "  difference                                                                 0",
        "",
      ].join("\n"),
    );
  });

  it("stays within 80 columns, with long names, many classes, tiny shares and Chinese names", () => {
    const many = Array.from({ length: 40 }, (_, k) => (k * 7.3) % 11).join(",");
    const texts = [
      explain("--logits", many, "--label", "39", "--epsilon", "0.123456789"),
      explain("--logits=-123456.789,1e-12,1e300", "--label", "2", "--classes", "a very long name,b,c"),
      explain(...row, "--prior", "0.123456,0.376544,0.5", "--convention", "other-classes"),
      explain("--logits", "1,2,3", "--label", "狗", "--classes", "一只非常可爱的猫,狗,牛"),
    ];
    const wide = (line: string): number => line.length + [...line].filter((c) => /\p{Script=Han}/u.test(c)).length;
    for (const text of texts) expect(text.split("\n").filter((line) => wide(line) > 80)).toEqual([]);
  });

  it("shows the label and the likeliest classes when there are many", () => {
    const logits = Array.from({ length: 1000 }, (_, k) => k / 100).join(",");
    const text = explain("--logits", logits, "--label", "3");
    expect(text).toContain("\n3        ←");
    expect(text).toContain("\n999 ");
    expect(text).toContain("… and 980 classes that the model finds less likely");
  });

  it("says that TensorFlow's numbers are not the loss above when the prior is another", () => {
    const note = "Not the loss above: TensorFlow has neither your prior nor your convention.";
    expect(explain(...row, "--prior", "0.5,0.3,0.2")).toContain(note);
    expect(explain(...row)).not.toContain(note);
  });

  it("says why a loss is infinite", () => {
    expect(explain("--logits", "2,1,-inf", "--label", "0")).toContain("no loss is finite");
  });

  it("explains one class, ε = 0 and ε = 1", () => {
    expect(explain("--logits", "5", "--label", "0")).toContain("H(q′, p)");
    expect(explain(...row, "--epsilon", "0")).toContain("the loss = 1·H(q, p) + 0·H(u, p)");
    expect(explain(...row, "--epsilon", "1")).toContain("the loss = 0·H(q, p) + 1·H(u, p)");
  });
});

describe("what softlabel explain refuses", () => {
  it.each([
    [["--label", "0"], "explain needs --logits, one number per class: softlabel explain --logits 2,1,0 --label 0"],
    [["--logits", "2,1,0"], "explain needs --label, the true class: softlabel explain --logits 2,1,0 --label 0"],
    [
      ["--logits", "2,x", "--label", "0"],
      '--logits must be numbers or ±inf with commas between them, got "x" in "2,x"',
    ],
    [["--logits", "", "--label", "0"], '--logits must be numbers or ±inf with commas between them, got ""'],
    [["--logits", "2,inf", "--label", "0"], "--logits must be below inf, got inf; only -inf has a softmax"],
    [["--logits", "-inf,-inf", "--label", "0"], "--logits must hold a finite number, got -inf only"],
    [["--logits", "2,1,0", "--label", "3"], '--label must be an integer from 0 to 2, got "3"; labels start at 0'],
    [["--logits", "2,1,0", "--label", "-1"], '--label must be an integer from 0 to 2, got "-1"'],
    [["--logits", "2,1,0", "--label", "1.5"], '--label must be an integer from 0 to 2, got "1.5"'],
    [
      ["--logits", "2,1", "--label", "cow", "--classes", "cat,dog"],
      '--label must be an integer from 0 to 1 or one of cat, dog, got "cow"',
    ],
    [[...row, "--epsilon", "-0.1"], '--epsilon must be a number from 0 to 1, got "-0.1"'],
    [[...row, "--epsilon", "nan"], '--epsilon must be a number from 0 to 1, got "nan"'],
    [[...row, "--prior", "0.5,0.5"], "--prior must have one entry for each of the 3 logits, got 2"],
    [[...row, "--prior", "0.5,0.3,0.1"], "--prior must sum to 1, got 0.9; divide each number by the sum"],
    [
      [...row, "--prior", "1.5,-0.5,0"],
      '--prior must be numbers from 0 to 1 with commas between them, got "1.5" in "1.5,-0.5,0"',
    ],
    [[...row, "--classes", "cat,dog"], "--classes must have one entry for each of the 3 logits, got 2"],
    [
      [...row, "--convention", "all"],
      '--convention must be one of all-classes, other-classes, classy-vision, got "all"',
    ],
  ])("%j", (words, message) => {
    expect(() => explain(...words)).toThrow(expect.objectContaining({ name: "UsageError", message }));
  });
});
