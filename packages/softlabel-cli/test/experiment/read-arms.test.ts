import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { ArgumentError } from "softlabel";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/experiment/canonical-json.ts";
import { readArms, writtenArms } from "../../src/experiment/read-arms.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "softlabel-arms-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (text: string, name = "arms.yaml"): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const plain = { prior: "uniform", convention: "all-classes", parameters: {} } as const;

describe("readArms", () => {
  test("reads a list from a YAML file, the base first, then in the order of the list", () => {
    const path = file(`
- { epsilon: 0.2, prior: class-frequencies }
- { epsilon: 0.2, name: mine, convention: other-classes }
- {}
- { epsilon: 0.1, prior: [0.25, 0.75] }
`);
    expect(readArms(path, "built-in")).toEqual([
      { ...plain, name: "ε = 0", epsilon: 0 },
      {
        ...plain,
        name: "ε = 0.2, prior class-frequencies, convention all-classes",
        epsilon: 0.2,
        prior: "class-frequencies",
      },
      { ...plain, name: "mine", epsilon: 0.2, convention: "other-classes" },
      { ...plain, name: "ε = 0.1, prior given, convention all-classes", epsilon: 0.1, prior: [0.25, 0.75] },
    ]);
  });

  test("reads JSON, the text of a list, and a list alike", () => {
    const list = [{ epsilon: 0 }, { epsilon: 0.1 }];
    const expected = [
      { ...plain, name: "ε = 0", epsilon: 0 },
      { ...plain, name: "ε = 0.1", epsilon: 0.1 },
    ];
    expect(readArms(file(JSON.stringify(list), "arms.json"), "built-in")).toEqual(expected);
    expect(readArms("[{ epsilon: 0 }, { epsilon: 0.1 }]", "built-in")).toEqual(expected);
    expect(readArms(list, "built-in")).toEqual(expected);
  });

  test("the base is the marked one, though another has ε = 0", () => {
    const arms = readArms("[{ epsilon: 0 }, { epsilon: 0.1, base: true }, { epsilon: 0.2 }]", "built-in");
    expect(arms.map(({ name }) => name)).toEqual(["ε = 0.1", "ε = 0", "ε = 0.2"]);
  });

  test("names tell only what differs", () => {
    const names = (text: string): readonly string[] => readArms(text, "trainer").map(({ name }) => name);
    expect(names("[{}, { epsilon: 0.1, prior: class-frequencies }]")).toEqual(["ε = 0", "ε = 0.1"]);
    expect(
      names("[{ parameters: { lr: 1, wd: 0 } }, { epsilon: 0.1, parameters: { lr: 2, wd: 0, schedule: 0.2→0 } }]"),
    ).toEqual(["ε = 0, lr 1", "ε = 0.1, lr 2, schedule 0.2→0"]);
  });

  test("the laboratory's own training takes some options as parameters, under either of their names", () => {
    const [, arm] = readArms("[{}, { epsilon: 0.1, parameters: { learning-rate: 0.01, batchSize: 32 } }]", "built-in");
    expect(arm).toMatchObject({ name: "ε = 0.1, batchSize 32, learningRate 0.01" });
    expect(arm.parameters).toEqual({ learningRate: 0.01, batchSize: 32 });
  });

  test("at ε = 0 the laboratory's own training forgets prior and convention, and a trainer is told them", () => {
    const text = "[{ prior: class-frequencies, base: true }, { epsilon: 0.1 }]";
    expect(readArms(text, "built-in")[0].prior).toBe("uniform");
    expect(readArms(text, "trainer")[0].prior).toBe("class-frequencies");
  });

  test("what is written of arms reads as the same arms", () => {
    const text = `[{ epsilon: 0 }, { epsilon: 0.3, base: true, name: "slow, warm", convention: classy-vision, prior: [0.5, 0.5],
      parameters: { warm: true, lr: 0.5, how: "a 'word'" } }]`;
    const arms = readArms(text, "trainer");
    expect(readArms(JSON.stringify(writtenArms(arms)), "trainer")).toEqual(arms);
    expect(readArms(writtenArms(arms), "trainer")).toEqual(arms);
  });

  test("whatever arms are written, they are read again, from the text of a list and from a file", () => {
    const value = fc.oneof(fc.string(), fc.boolean(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    const arm = fc.record({
      epsilon: fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs),
      prior: fc.constantFrom("uniform" as const, "class-frequencies" as const, [0.25, 0.75]),
      convention: fc.constantFrom("all-classes" as const, "other-classes" as const, "classy-vision" as const),
      parameters: fc.dictionary(
        fc.stringMatching(/^x[\w-]{0,5}$/),
        value.map((each) => (each === 0 ? 0 : each)),
      ),
    });
    const arms = fc.uniqueArray(arm, { minLength: 2, maxLength: 5, selector: (each) => canonicalJson(each) });
    fc.assert(
      fc.property(arms, (unnamed) => {
        const settings = unnamed.map((each, at) => ({ name: `arm ${at}`, ...each }));
        const text = JSON.stringify(writtenArms(settings));
        expect(readArms(text, "trainer")).toEqual(settings);
        expect(readArms(file(text, "again.json"), "trainer")).toEqual(settings);
      }),
    );
  });

  test.each<[string, "built-in" | "trainer", string]>([
    [
      "[{ epsilom: 0.1 }, {}]",
      "built-in",
      "arms[0].epsilom must be one of name, epsilon, prior, convention, base, parameters, got an unknown name; did you mean epsilon?",
    ],
    [
      "[{}, { weight-decay: 0.1 }]",
      "trainer",
      "arms[1].weight-decay must be one of name, epsilon, prior, convention, base, parameters, got an unknown name; what a trainer is told besides stands under parameters",
    ],
    [
      "[{}, { epochs: 3 }]",
      "built-in",
      "arms[1].epochs must be one of name, epsilon, prior, convention, base, parameters, got an unknown name; what training is told besides stands under parameters",
    ],
    ["[{}, { epsilon: 1.5 }]", "built-in", "arms[1].epsilon must be a number in [0, 1], got 1.5"],
    ["[{}, { epsilon: half }]", "built-in", 'arms[1].epsilon must be a number in [0, 1], got "half"'],
    [
      "[{}, { convention: all }]",
      "built-in",
      'arms[1].convention must be one of all-classes, other-classes, classy-vision, got "all"',
    ],
    ["[{}, { base: 1 }]", "built-in", "arms[1].base must be true or false, got 1"],
    ["[{}, { name: '' }]", "built-in", 'arms[1].name must be a name on one line, got ""'],
    ['[{}, { name: "a\\nb" }]', "built-in", 'arms[1].name must be a name on one line, got "a\\nb"'],
    [
      "[{}, { prior: [0.5, 0.6], epsilon: 0.1 }]",
      "built-in",
      "prior must sum to 1, got 1.1; divide each number by the sum",
    ],
    [
      "[{}, { epsilon: 0.1, parameters: { dropout: 0.5 } }]",
      "built-in",
      "arms[1].parameters.dropout must be one of epochs, batchSize, learningRate, optimizer, labelNoise, got an unknown name; others need a --trainer",
    ],
    [
      "[{}, { epsilon: 0.1, parameters: { epoch: 5 } }]",
      "built-in",
      "arms[1].parameters.epoch must be one of epochs, batchSize, learningRate, optimizer, labelNoise, got an unknown name; did you mean epochs?",
    ],
    [
      "[{}, { epsilon: 0.1, parameters: { epochs: 0 } }]",
      "built-in",
      "arms[1].parameters.epochs must be an integer of at least 1, got 0",
    ],
    ["[{}, { epsilon: 0.1, parameters: [1] }]", "trainer", "arms[1].parameters must be settings by name, got [1]"],
    [
      "[{}, { epsilon: 0.1, parameters: { seed: 5 } }]",
      "trainer",
      'arms[1].parameters must have names of letters, digits, _ and -, and none of name, epsilon, seed, prior, convention, parameters, out, dir, got "seed"',
    ],
    [
      "[{}, { epsilon: 0.1, parameters: { 'a b': 5 } }]",
      "trainer",
      'arms[1].parameters must have names of letters, digits, _ and -, and none of name, epsilon, seed, prior, convention, parameters, out, dir, got "a b"',
    ],
    [
      "[{}, { epsilon: 0.1, parameters: { lr: [1] } }]",
      "trainer",
      "arms[1].parameters.lr must be a number, a word, or true or false, got [1]",
    ],
    [
      "[{}, { epsilon: 0.1, parameters: { lr: .inf } }]",
      "trainer",
      "arms[1].parameters.lr must be a number, a word, or true or false, got Infinity",
    ],
    ["[{}, 0.1]", "built-in", "arms[1] must be settings by name, got 0.1"],
    ["[{}]", "built-in", "arms must be two or more, got 1"],
    [
      "[{ epsilon: 0.1 }, { epsilon: 0.2 }]",
      "built-in",
      "arms must have one base, got none with ε = 0; write base: true in one of them",
    ],
    [
      "[{}, { epsilon: 0, parameters: { epochs: 2 } }]",
      "built-in",
      "arms must have one base, got ε = 0 in arms[0] and arms[1]; write base: true in one of them",
    ],
    [
      "[{ base: true }, { epsilon: 0.2, base: true }]",
      "built-in",
      "arms must have one base, got base: true in arms[0] and arms[1]",
    ],
    [
      "[{ name: a }, { name: a, epsilon: 0.1 }]",
      "built-in",
      "arms must have a name each, got a for arms[0] and arms[1]; give them a name",
    ],
    [
      "[{}, { epsilon: 0.1, prior: [0.5, 0.5] }, { epsilon: 0.1, prior: [0.25, 0.75] }]",
      "built-in",
      "arms must have a name each, got ε = 0.1, prior given for arms[1] and arms[2]; give them a name",
    ],
    [
      "[{ base: true }, { prior: class-frequencies, name: other }]",
      "built-in",
      "arms must differ in more than their names, got arms[0] and arms[1] with the same settings",
    ],
  ])("refuses %s of %s", (text, told, message) => {
    expect(() => readArms(text, told)).toThrow(new ArgumentError(message));
  });

  test("names the file in which an arm is wrong, or which is no list", () => {
    const wrong = file("- {}\n- { epsilon: 2 }\n");
    expect(() => readArms(wrong, "built-in")).toThrow(
      new ArgumentError(`arms[1].epsilon must be a number in [0, 1], got 2 in ${wrong}`),
    );
    const map = file("epsilon: 1\n");
    expect(() => readArms(map, "built-in")).toThrow(
      new ArgumentError(`arms must be a list of arms, got {"epsilon":1} in ${map}`),
    );
    const broken = file("- {\n");
    expect(() => readArms(broken, "built-in")).toThrow(/^--arms must be JSON or YAML, got .*arms\.yaml with /);
    const nowhere = join(folder, "nowhere.yaml");
    expect(() => readArms(nowhere, "built-in")).toThrow(
      new ArgumentError(`--arms must name a readable file, got ${nowhere}: there is no such file`),
    );
  });
});
