import { describe, expect, test } from "vitest";
import {
  requireNoPlaceholders,
  requireParameterNames,
  requirePlaceholders,
  substitute,
  variableName,
} from "../../../src/experiment/trainers/placeholders.ts";

const values = { epsilon: "0.1", seed: "3", "weight-decay": "1e-7" };

describe("substitute", () => {
  test.each([
    ["{epsilon}", "0.1"],
    ["--smoothing={epsilon},{seed}", "--smoothing=0.1,3"],
    ["{weight-decay}", "1e-7"],
    ["{{epsilon}}", "{epsilon}"],
    ['{{"a": {seed}}}', '{"a": 3}'],
    ["plain", "plain"],
  ])("%s becomes %s", (word, text) => {
    expect(substitute(word, values)).toBe(text);
  });

  test("what was put in is not looked at again", () => {
    expect(substitute("{a}", { a: "{b} $1 $&", b: "no" })).toBe("{b} $1 $&");
  });

  test("refuses what it does not know", () => {
    expect(() => substitute("{epsilom}", values)).toThrow(
      "--trainer must have known placeholders, got {epsilom}; did you mean {epsilon}?",
    );
    expect(() => substitute('{"a":1}', values)).toThrow(
      '--trainer must have known placeholders, got {"a":1}; there are {epsilon} {seed} {weight-decay}; write {{ and }} for plain braces',
    );
    expect(() => substitute("{}", values)).toThrow("got {};");
    expect(() => substitute("{toString}", values)).toThrow("got {toString};");
    expect(() => substitute("a}", values)).toThrow(
      "--trainer must have every brace in a pair, got } alone in a}; double it",
    );
  });
});

describe("requirePlaceholders", () => {
  test("knows those of every trial and the arms' parameters", () => {
    const words = ["{epsilon}{seed}{out}{dir}{prior}{convention}{name}{depth}"];
    expect(() => requirePlaceholders(words, ["depth"])).not.toThrow();
    expect(() => requirePlaceholders(words, [])).toThrow("got {depth}");
  });
});

describe("requireNoPlaceholders", () => {
  test("names the variable to write instead, and minds no braces of the shell's", () => {
    expect(() => requireNoPlaceholders("python train.py {weight-decay}", ["weight-decay"])).toThrow(
      '--trainer must have no placeholders under --shell, got {weight-decay}; write "$SOFTLABEL_WEIGHT_DECAY", quotes and all',
    );
    const shell = `{ a; } && awk '{print $1}' "\${SOFTLABEL_OUT}" "\${epsilon}" {1,2}`;
    expect(() => requireNoPlaceholders(shell, [])).not.toThrow();
  });
});

describe("variableName", () => {
  test.each(["weight-decay", "weight_decay", "weightDecay"])("%s is SOFTLABEL_WEIGHT_DECAY", (name) => {
    expect(variableName(name)).toBe("SOFTLABEL_WEIGHT_DECAY");
  });
});

describe("requireParameterNames", () => {
  test("takes what can stand between braces and as a variable", () => {
    expect(() => requireParameterNames(["lr", "weight-decay", "Depth2", "a_b"])).not.toThrow();
  });

  test.each([
    [["2nd"], 'must have names of letters, digits, - and _ that begin with a letter, got "2nd"'],
    [["a b"], 'must have names of letters, digits, - and _ that begin with a letter, got "a b"'],
    [["seed"], "must have names of their own, got seed, which is seed already"],
    [["Seed"], "must have names of their own, got Seed, which is seed already"],
    [["parameters"], "must have names of their own, got parameters, which is parameters already"],
    [["weight-decay", "weight_decay"], "must have names of their own, got weight_decay, which is weight-decay already"],
  ])("refuses %j", (names, message) => {
    expect(() => requireParameterNames(names)).toThrow(`an arm's parameters ${message}`);
  });
});
