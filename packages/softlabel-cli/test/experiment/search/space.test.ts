import fc from "fast-check";
import { ArgumentError } from "softlabel";
import { describe, expect, it } from "vitest";
import { parseRange, rangeText } from "../../../src/experiment/search/range.ts";
import { parseSpace, spaceTexts } from "../../../src/experiment/search/space.ts";

const range = (text: string): unknown => parseRange(text, "--search x");

describe("a range", () => {
  it.each([
    ["log:1e-4..1e-2", { scale: "log", low: 1e-4, high: 1e-2 }],
    ["lin:-0.5..0.5", { scale: "lin", low: -0.5, high: 0.5 }],
    ["0..0.5", { scale: "lin", low: 0, high: 0.5 }],
    ["lin:0..1", { scale: "lin", low: 0, high: 1 }],
    ["int:1..8", { scale: "int", low: 1, high: 8 }],
    ["int:-3..3", { scale: "int", low: -3, high: 3 }],
    ["log-int: 8..256", { scale: "log-int", low: 8, high: 256 }],
    ["adam|sgd|momentum", { scale: "choice", choices: ["adam", "sgd", "momentum"] }],
    ["choice:16|32| 64", { scale: "choice", choices: [16, 32, 64] }],
    ["1e-3|0.5|none", { scale: "choice", choices: [0.001, 0.5, "none"] }],
    ["007|8", { scale: "choice", choices: ["007", 8] }],
    ["true|false|auto", { scale: "choice", choices: [true, false, "auto"] }],
    ["choice:a:1|b:2", { scale: "choice", choices: ["a:1", "b:2"] }],
    ["bool", { scale: "choice", choices: [false, true] }],
  ])("reads %s", (text, expected) => {
    expect(range(text)).toEqual(expected);
  });

  it.each([
    ["log:1e-2..1e-4", "must go from a lower to a higher end, got 1e-2..1e-4; did you mean 1e-4..1e-2?"],
    ["lin:0.3..0.3", "must go from a lower to a higher end, got 0.3..0.3; a value that is fixed is not searched"],
    [
      "log:0..1",
      "must begin above 0, which has no logarithm, got 0..1; use lin:, or begin at the least value that matters",
    ],
    [
      "log-int:-1..9",
      "must begin above 0, which has no logarithm, got -1..9; use int:, or begin at the least value that matters",
    ],
    ["int:0.5..8", "must have integers at its ends, got 0.5..8; use lin: for all numbers between"],
    ["log-int:1..8.5", "must have integers at its ends, got 1..8.5; use log: for all numbers between"],
    [
      "int:0..9007199254740993",
      "must have integers at its ends, got 0..9007199254740993; use lin: for all numbers between",
    ],
    [
      "lin:-1e308..1e308",
      "must have ends and a width that are finite, got -1e308..1e308; a double holds at most 1.8e308",
    ],
    ["lin:0..1e999", "must have ends and a width that are finite, got 0..1e999; a double holds at most 1.8e308"],
    ["1..8", "must say whether 1..8 means whole numbers; write int:1..8, or lin:1..8 for all between"],
    ["choice:a", "must have two choices at least, got a; separate them by |; a value that is fixed is not searched"],
    ["a|", 'must have a word for each choice, got "a|"'],
    ["a|b|a", "must have each choice once, got a twice"],
    ["1|1.0", "must have each choice once, got 1 twice"],
  ])("refuses %s and says what to write", (text, message) => {
    expect(() => range(text)).toThrow(new ArgumentError(`--search x ${message}`));
  });

  it.each([
    ["logg:1e-4..1e-2", "; did you mean log:?"],
    ["chioce:a|b", "; did you mean choice:?"],
    ["a:1|b:2", "; put choice: in front when a choice has a colon in it"],
    ["boool:", "; did you mean bool?"],
    ["log:1e-4-1e-2", ""],
    ["log:.1..1", ""],
    ["log:NaN..1", ""],
    ["lin:0..1..2", ""],
    ["", ""],
  ])("says which ranges there are for %s", (text, remedy) => {
    expect(() => range(text)).toThrow(
      new ArgumentError(
        "--search x must be log:LOW..HIGH, lin:LOW..HIGH, int:LOW..HIGH, log-int:LOW..HIGH, A|B|C or bool, " +
          `got ${JSON.stringify(text)}${remedy}`,
      ),
    );
  });

  it("is written as a text that reads as the same range", () => {
    const ends = (numbers: fc.Arbitrary<number>): fc.Arbitrary<[number, number]> =>
      fc
        .tuple(numbers, numbers)
        .filter(([a, b]) => a !== b)
        .map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
    const real = (min: number): fc.Arbitrary<number> => fc.double({ min, max: 1e300, noNaN: true });
    const ofScale = (scale: string, numbers: fc.Arbitrary<number>): fc.Arbitrary<object> =>
      // −0 is written as 0, the same end.
      ends(numbers.map((x) => x + 0)).map(([low, high]) => ({ scale, low, high }));
    const choices = fc.uniqueArray(fc.oneof(fc.stringMatching(/^[a-z:.]{1,8}$/), fc.integer(), fc.boolean()), {
      minLength: 2,
    });
    const ranges = fc.oneof(
      ofScale("lin", real(-1e300)),
      ofScale("log", real(1e-300)),
      ofScale("int", fc.maxSafeInteger()),
      ofScale("log-int", fc.integer({ min: 1 })),
      choices.map((words) => ({ scale: "choice", choices: words })),
    );
    fc.assert(
      fc.property(ranges, (one) => {
        expect(range(rangeText(one as Parameters<typeof rangeText>[0]))).toEqual(one);
      }),
    );
  });
});

describe("a space", () => {
  it("is in the order of its names, however it was typed", () => {
    const texts = ["weight-decay=log:1e-6..1e-2", "dropout=0..0.5", "Width=log-int:8..256"];
    const space = parseSpace(texts);
    expect(space.map(({ name }) => name)).toEqual(["Width", "dropout", "weight-decay"]);
    expect(parseSpace(texts.toReversed())).toEqual(space);
  });

  it("is written as texts that read as the same space", () => {
    const space = parseSpace(["b=a|2|true", "a=log:0.001..1", "c=bool"]);
    expect(spaceTexts(space)).toEqual(["a=log:0.001..1", "b=choice:a|2|true", "c=choice:false|true"]);
    expect(parseSpace(spaceTexts(space))).toEqual(space);
  });

  it("keeps what follows the first equals sign", () => {
    expect(parseSpace(["x=a=1|a=2"])[0].range).toEqual({ scale: "choice", choices: ["a=1", "a=2"] });
  });

  it.each([
    ["dropout", '--search must be NAME=RANGE, as learning-rate=log:1e-4..1e-2, got "dropout"'],
    ["=0..1", '--search must start with a name of letters, digits, - and _, got "" in "=0..1"'],
    ["my rate=0..1", '--search must start with a name of letters, digits, - and _, got "my rate" in "my rate=0..1"'],
    ["a.b=0..1", '--search must start with a name of letters, digits, - and _, got "a.b" in "a.b=0..1"'],
    [
      "epsilon=0..0.5",
      "--search must name another parameter than epsilon: ε is what is chosen; say its grid by --epsilon",
    ],
    [
      "labelSmoothing=0..0.5",
      "--search must name another parameter than labelSmoothing: ε is what is chosen; say its grid by --epsilon",
    ],
    ["PRIOR=a|b", "--search must name another parameter than PRIOR: say it by --prior"],
    [
      "seed=int:1..9",
      "--search must name another parameter than seed: seeds are what the arms are paired by; say how many by --seeds",
    ],
    ["out=a|b", "--search must name another parameter than out: a trainer is told it for each trial"],
    ["x=0..nine", "--search x must be log:LOW..HIGH"],
  ])("refuses %s", (text, message) => {
    expect(() => parseSpace([text])).toThrow(message);
  });

  it("refuses one parameter twice, and two that a trainer would find under one name in its environment", () => {
    expect(() => parseSpace(["a=bool", "b=bool", "a=x|y"])).toThrow(
      new ArgumentError("--search must name each parameter once, got a twice"),
    );
    for (const twin of ["weight_decay", "weightDecay", "WEIGHT-DECAY"]) {
      const [first, second] = [twin, "weight-decay"].sort();
      expect(() => parseSpace(["weight-decay=bool", `${twin}=bool`])).toThrow(
        new ArgumentError(
          `--search must name each parameter once, got ${first} and ${second}, which a trainer cannot tell apart`,
        ),
      );
    }
  });
});
