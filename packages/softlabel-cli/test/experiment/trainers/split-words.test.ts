import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitWords } from "../../../src/experiment/trainers/split-words.ts";

describe("splitWords", () => {
  test.each([
    ["python train.py --smoothing {epsilon}", ["python", "train.py", "--smoothing", "{epsilon}"]],
    ["  a\tb\nc  ", ["a", "b", "c"]],
    [`a 'b c' "d e" f\\ g`, ["a", "b c", "d e", "f g"]],
    [`--name='a'"b"c`, ["--name=abc"]],
    [`'' ""`, ["", ""]],
    [`'\\' "\\\\" "\\"" "\\a" "\\$HOME"`, ["\\", "\\", '"', "\\a", "$HOME"]],
    [`a\\\nb "c\\\nd"`, ["ab", "cd"]],
    [`a \\\n b`, ["a", "b"]],
    [`'$HOME > * | &&'`, ["$HOME > * | &&"]],
    ["a#b c~d [1,2]", ["a#b", "c~d", "[1,2]"]],
  ])("%j is %j", (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  test.skipIf(process.platform !== "linux")("splits as /bin/sh does, whatever the quotes [needs linux]", () => {
    const plain = fc.constantFrom(..."ab{}=-,.[/:+ü");
    const within = fc.constantFrom(..."ab '{}$|>*\\".split(""), " ", "\n", ";", "~", "#");
    const quoted = fc.array(within.filter((c) => c !== "'")).map((cs) => `'${cs.join("")}'`);
    const doubly = fc.array(within).map((cs) => `"${cs.map((c) => (/["\\$`]/.test(c) ? `\\${c}` : c)).join("")}"`);
    const escaped = within.filter((c) => c !== "\n").map((c) => `\\${c}`);
    const word = fc.array(fc.oneof(plain, quoted, doubly, escaped), { minLength: 1 }).map((parts) => parts.join(""));
    const spaces = fc.array(fc.constantFrom(" ", "\t"), { minLength: 1 }).map((cs) => cs.join(""));
    fc.assert(
      fc.property(fc.array(fc.tuple(word, spaces), { minLength: 1, maxLength: 4 }), (pairs) => {
        const text = pairs.flat().join("");
        const { stdout } = spawnSync("/bin/sh", ["-c", `printf '%s\\0' ${text}`], { encoding: "utf8" });
        expect(splitWords(text)).toEqual(stdout.split("\0").slice(0, -1));
      }),
      { numRuns: 150 },
    );
  });

  test.each(["|", ">", "<", "&", ";", "(", "$", "`", "*", "?"])("refuses %s, which only a shell understands", (one) => {
    const message = `--trainer must be a program and its arguments, got ${one}, which only a shell understands; put it between single quotes, or let a shell read the command with --shell`;
    expect(() => splitWords(`python train.py a${one}b`)).toThrow(message);
  });

  test("refuses a variable between double quotes, a home folder and a comment", () => {
    expect(() => splitWords('python "$HOME/train.py"')).toThrow("got $, which only a shell understands");
    expect(() => splitWords("python ~/train.py")).toThrow("got ~, which only a shell understands");
    expect(() => splitWords("python train.py # mine")).toThrow("got #, which only a shell understands");
  });

  test("refuses a quote without its end", () => {
    expect(() => splitWords(`python 'train.py`)).toThrow(
      "--trainer must close every quote, got ' without its end at 'train.py",
    );
    expect(() => splitWords(`python "a\\"`)).toThrow(
      `--trainer must close every quote, got " without its end at "a\\"`,
    );
  });
});
