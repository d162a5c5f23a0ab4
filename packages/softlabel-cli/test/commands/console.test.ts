import { describe, expect, it } from "vitest";
import { createPaint, printJson } from "../../src/commands/console.ts";
import { parseChoice, parseNumber, parseNumbers } from "../../src/commands/parse-options.ts";

describe("one JSON document on stdout", () => {
  const print = (value: unknown): string => {
    let written = "";
    printJson(value, { write: (text) => (written += text) });
    return written;
  };

  it("ends with a newline and reads back as it was", () => {
    const value = { loss: 0.5, classes: ["cat", "dog"], prior: null, done: true };
    expect(print(value)).toMatch(/\n$/);
    expect(JSON.parse(print(value))).toEqual(value);
  });

  it("writes infinities and NaN as words, because JSON has no numbers for them", () => {
    expect(JSON.parse(print([Infinity, -Infinity, Number.NaN, 1]))).toEqual(["Infinity", "-Infinity", "NaN", 1]);
  });
});

describe("colour", () => {
  const terminal = (colours: boolean): { write(): void; isTTY: boolean; hasColors(): boolean } => ({
    write: () => {},
    isTTY: true,
    hasColors: () => colours,
  });

  it("is painted on a terminal that has it, and nowhere else", () => {
    expect(createPaint(terminal(true))("bold", "verdict")).toBe("\u001b[1mverdict\u001b[22m");
    expect(createPaint(terminal(false))("bold", "verdict")).toBe("verdict");
    expect(createPaint({ write: () => {} })("bold", "verdict")).toBe("verdict");
  });
});

describe("a number on the command line", () => {
  const epochs = parseNumber("epochs", { atLeast: 1, integer: true });
  const rate = parseNumber("learning-rate", { above: 0 });

  it.each([
    ["0.1", 0.1],
    ["1e-3", 0.001],
    [".5", 0.5],
    ["2.", 2],
    ["+3", 3],
    [" 4 ", 4],
  ])("may be written %j", (typed, value) => {
    expect(rate(typed)).toBe(value);
  });

  it.each(["", "fast", "0x10", "1_000", "1,5", "NaN", "1e", "--epochs", "0", "-1", "inf", "1e999"])(
    "is not %j where a number above 0 is due",
    (typed) => {
      expect(() => rate(typed)).toThrow(`--learning-rate must be a number above 0, got "${typed}"`);
    },
  );

  it("is held to its bounds and to integers, and the message says which", () => {
    expect(epochs("3")).toBe(3);
    expect(() => epochs("2.5")).toThrow('--epochs must be an integer of at least 1, got "2.5"');
    expect(() => parseNumber("epsilon", { atLeast: 0, atMost: 1 })("1.5")).toThrow(
      '--epsilon must be a number from 0 to 1, got "1.5"',
    );
    expect(() => parseNumber("share", { atLeast: 0, below: 1 })("1")).toThrow(
      '--share must be a number of at least 0 and below 1, got "1"',
    );
    expect(() => parseNumber("port")("x")).toThrow('--port must be a number, got "x"');
  });

  it("may be infinite only where that is allowed", () => {
    const logit = parseNumber("logit", { infinite: true });
    expect(["-inf", "inf", "+Inf", "-Infinity"].map(logit)).toEqual([-Infinity, Infinity, Infinity, -Infinity]);
    expect(() => logit("nan")).toThrow('--logit must be a number or ±inf, got "nan"');
  });
});

describe("numbers with commas between them", () => {
  const epsilon = parseNumbers("epsilon", { atLeast: 0, atMost: 1 });

  it("are read in order", () => {
    expect(epsilon("0, 0.1,1")).toEqual([0, 0.1, 1]);
    expect(epsilon("0.05")).toEqual([0.05]);
  });

  it("name the one that is wrong", () => {
    expect(() => epsilon("0,1.5")).toThrow(
      '--epsilon must be numbers from 0 to 1 with commas between them, got "1.5" in "0,1.5"',
    );
    expect(() => epsilon("0,,1")).toThrow('got "" in "0,,1"');
    expect(() => epsilon("a")).toThrow('--epsilon must be numbers from 0 to 1 with commas between them, got "a"');
  });
});

describe("one word out of a list", () => {
  it("is taken as it is, or answered with the list and the nearest word", () => {
    const model = parseChoice("model", ["softmax", "mlp", "lenet"]);
    expect(model("mlp")).toBe("mlp");
    expect(() => model("lennet")).toThrow(
      '--model must be one of softmax, mlp, lenet, got "lennet"; did you mean lenet?',
    );
    expect(() => model("resnet50")).toThrow(/^--model must be one of softmax, mlp, lenet, got "resnet50"$/);
  });
});
