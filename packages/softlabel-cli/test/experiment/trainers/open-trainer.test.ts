import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openTrainer, type TypedTrainer } from "../../../src/experiment/trainers/open-trainer.ts";
import type { Trainer } from "../../../src/experiment/trainers/trainer.ts";
import { temporaryFolder } from "../support/worker.ts";
import { writeScript } from "./support/external.ts";

const open = (typed: string, more: Partial<TypedTrainer> = {}): Trainer =>
  openTrainer({ typed, shell: false, files: [], parameters: [], ...more });

describe("openTrainer", () => {
  test("takes a command apart and keeps what was typed", () => {
    const typed = `node --eval 'a b' {epsilon}`;
    expect(open(typed)).toMatchObject({
      kind: "command",
      typed,
      words: ["node", "--eval", "a b", "{epsilon}"],
      shell: false,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      files: [],
    });
  });

  test("leaves a shell its text whole", () => {
    const typed = 'cd somewhere && node train.js > "$SOFTLABEL_DIR/notes" {1,2}';
    expect(open(typed, { shell: true })).toMatchObject({ kind: "command", typed, words: [typed], shell: true });
  });

  test("takes a path that is alone and ends as a module's for a module", () => {
    const folder = temporaryFolder();
    for (const name of ["a.mjs", "a.js", "a.cjs", "with space.mjs"]) {
      const path = join(folder, name);
      writeFileSync(path, "export const train = () => {};");
      expect(open(path)).toMatchObject({ kind: "module", typed: path, path, files: [{ path }] });
    }
    expect(open(`node ${join(folder, "a.mjs")}`).kind).toBe("command");
  });

  test("the hash is of the words, the files among them and those named beside, and of nothing else", () => {
    const folder = temporaryFolder();
    const script = join(folder, "train.py");
    const helper = join(folder, "lib", "helper.py");
    mkdirSync(join(folder, "lib", "__pycache__"), { recursive: true });
    mkdirSync(join(folder, "lib", ".git"));
    const hash = (typed = `node ${script} {epsilon}`, more: Partial<TypedTrainer> = {}): string =>
      open(typed, more).hash;
    const withLibrary = (): string => hash(undefined, { files: [join(folder, "lib")] });

    writeFileSync(script, "1");
    writeFileSync(helper, "1");
    const [first, firstWithLibrary] = [hash(), withLibrary()];
    expect(hash()).toBe(first);
    expect(hash(`node  '${script}' {epsilon}`)).toBe(first);
    expect(hash(`node ${script} {seed}`)).not.toBe(first);
    expect(firstWithLibrary).not.toBe(first);

    writeFileSync(join(folder, "lib", "__pycache__", "helper.pyc"), "cache");
    writeFileSync(join(folder, "lib", ".git", "HEAD"), "hidden");
    expect(withLibrary()).toBe(firstWithLibrary);
    writeFileSync(helper, "2");
    expect(hash()).toBe(first);
    expect(withLibrary()).not.toBe(firstWithLibrary);
    writeFileSync(script, "2");
    expect(hash()).not.toBe(first);

    const shell = hash(`python3 ${script};true`, { shell: true });
    writeFileSync(script, "3");
    expect(hash(`python3 ${script};true`, { shell: true })).not.toBe(shell);
  });

  test("a module is the same wherever it lies", () => {
    const [here, there] = [temporaryFolder(), temporaryFolder()].map((folder) => join(folder, "train.mjs"));
    for (const path of [here, there]) writeFileSync(path as string, "export const train = () => {};");
    expect(open(here as string).hash).toBe(open(there as string).hash);
  });

  test.each<[string, Partial<TypedTrainer>, string]>([
    [" ", {}, "--trainer must be a command or a JavaScript module, got nothing"],
    [
      "./missing.mjs",
      {},
      "--trainer must be a module that is there, got ./missing.mjs; a command needs its program before it",
    ],
    [
      "no-such-program x",
      {},
      "--trainer must begin with a program on the path, got no-such-program, which is not there",
    ],
    ["./no-such-program", {}, "--trainer must begin with a program, got ./no-such-program, which does not exist"],
    [
      "LR=0.1 node x",
      {},
      "--trainer must begin with a program on the path, got LR=0.1, which is not there; set a variable with env, as in env NAME=value program, or add --shell",
    ],
    [
      "package.json {epsilon}",
      {},
      "--trainer must begin with a program on the path, got package.json, which is not there; name its interpreter before it, or write ./package.json",
    ],
    [
      "./package.json {epsilon}",
      {},
      "--trainer must begin with a program, got ./package.json, which may not be run; make it executable or name its interpreter",
    ],
    ["node {epsilom}", {}, "--trainer must have known placeholders, got {epsilom}; did you mean {epsilon}?"],
    [
      "node {weight-deacy}",
      { parameters: ["weight-decay"] },
      "--trainer must have known placeholders, got {weight-deacy}; did you mean {weight-decay}?",
    ],
    [
      "node x | tee log",
      {},
      "--trainer must be a program and its arguments, got |, which only a shell understands; put it between single quotes, or let a shell read the command with --shell",
    ],
    [
      "node {epsilon}",
      { shell: true },
      '--trainer must have no placeholders under --shell, got {epsilon}; write "$SOFTLABEL_EPSILON", quotes and all',
    ],
    [
      "node x",
      { files: ["no/such/file"] },
      "--trainer-files must name files or folders, got no/such/file, which does not exist",
    ],
  ])("refuses %j %j", (typed, more, message) => {
    expect(() => open(typed, more)).toThrow(new RangeError(message).message);
  });

  test("a program that lacks its version's number is named with it, and a module needs no shell", () => {
    const folder = temporaryFolder();
    writeScript(folder, "snake3", "");
    const path = process.env.PATH;
    process.env.PATH = folder;
    try {
      expect(() => open("snake train.py")).toThrow("got snake, which is not there; did you mean snake3?");
    } finally {
      process.env.PATH = path;
    }
    const module = join(folder, "train.mjs");
    writeFileSync(module, "");
    expect(() => open(module, { shell: true })).toThrow(
      `--shell must come with a command, got the module ${module}; leave it out`,
    );
  });
});
