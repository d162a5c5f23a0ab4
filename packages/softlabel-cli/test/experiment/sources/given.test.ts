import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ArgumentError } from "softlabel";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { givenSource } from "../../../src/experiment/sources/given.ts";
import { writeJson } from "../support/runs.ts";

let base: string;
let next = 0;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "softlabel-given-"));
});
afterAll(() => rmSync(base, { recursive: true }));

/** Folders with an empty file of predictions each: who tells runs apart does not open it. */
function layout(...places: readonly string[]): string {
  const root = join(base, String(++next));
  for (const place of places) {
    const folder = join(root, place);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "predictions.npz"), "");
  }
  return root;
}

const source = (from: string | readonly string[], more: { pattern?: string; base?: string } = {}) =>
  givenSource({ from: [from].flat(), pattern: more.pattern ?? null, base: more.base ?? null });
const arms = (from: string | readonly string[], more: { pattern?: string; base?: string } = {}) =>
  source(from, more).arms.map(({ name }) => name);
const refusal = (message: string): ArgumentError => new ArgumentError(message);

describe("givenSource", () => {
  test("every arm with every seed, seed by seed, the base first, then by ε; what is not there has no place", () => {
    const root = layout("0.2/1", "0.2/2", "0/2", "0/10", "0.1/1", "0.1/2");
    const { runs, trainer, arms: found } = source(root);
    expect(found).toEqual(
      [0, 0.1, 0.2].map((epsilon) => ({
        ...{ name: `ε = ${epsilon}`, epsilon, prior: "uniform", convention: "all-classes", parameters: {} },
      })),
    );
    expect(trainer).toBeNull();
    expect(runs.map(({ arm, seed, place }) => [seed, arm, place === null])).toEqual([
      [1, "ε = 0", true],
      [1, "ε = 0.1", false],
      [1, "ε = 0.2", false],
      [2, "ε = 0", false],
      [2, "ε = 0.1", false],
      [2, "ε = 0.2", false],
      [10, "ε = 0", false],
      [10, "ε = 0.1", true],
      [10, "ε = 0.2", true],
    ]);
    expect(runs[1]).toMatchObject({ id: join(root, "0.1/1"), trial: null });
    expect(runs[1].place?.("anywhere")).toEqual({ folder: join(root, "0.1/1"), name: "predictions.npz" });
  });

  test.each([
    [["eps0.1-seed3", "eps0-seed3"]],
    [["baseline/s3", "ls=0.1/s3"]],
    [["a/0/seed3/last", "a/0.1/seed3/last"]],
    [["seed3/0", "seed3/0.1"]],
  ])("tells ε and seed of %j by the names of their folders", (places) => {
    const { arms: found, runs } = source(layout(...places));
    expect(found.map(({ epsilon }) => epsilon)).toEqual([0, 0.1]);
    expect(new Set(runs.map(({ seed }) => seed))).toEqual(new Set([3]));
  });

  test("where there are several folders their own names count", () => {
    const root = layout("plain/1", "plain/2", "eps0.1/1", "eps0.1/2");
    const [plain, smoothed] = [join(root, "plain"), join(root, "eps0.1")];
    expect(arms([plain, smoothed])).toEqual(["ε = 0", "ε = 0.1"]);
    expect(source([smoothed, plain])).toMatchObject({ arms: source([plain, smoothed]).arms });
    const each = ["plain/1", "plain/2", "eps0.1/1", "eps0.1/2"].map((place) => join(root, place));
    expect(arms(each)).toEqual(["ε = 0", "ε = 0.1"]);
    expect(arms([`${plain}/`, smoothed])).toEqual(["ε = 0", "ε = 0.1"]);
  });

  test("a run.json says what names do not, the nearest one first", () => {
    const root = layout("plain/1", "night/a", "night/b");
    writeJson(join(root, "night", "run.json"), { name: "smoothed", epsilon: 0.3, seed: 9, note: "mine" });
    writeJson(join(root, "night/a/run.json"), { seed: 1 });
    writeJson(join(root, "night/b/run.json"), { seed: 2 });
    const { arms: found, runs } = source(root);
    expect(found.map(({ name, epsilon }) => [name, epsilon])).toEqual([
      ["ε = 0", 0],
      ["smoothed", 0.3],
    ]);
    expect(runs.filter(({ place }) => place !== null).map(({ arm, seed }) => [arm, seed])).toEqual([
      ["ε = 0", 1],
      ["smoothed", 1],
      ["smoothed", 2],
    ]);
  });

  test("what the laboratory left says prior and convention, too, and names tell what differs", () => {
    const root = layout("trials/a1", "trials/b2", "trials/c3");
    const config = { labelSmoothing: 0, seed: 4, prior: "uniform", convention: "all-classes", epochs: 5 };
    writeJson(join(root, "trials/a1/trial.json"), { trial: { id: "a1", kind: "train", config } });
    writeJson(join(root, "trials/b2/config.json"), { config: { ...config, labelSmoothing: 0.1 } });
    writeJson(join(root, "trials/c3/trial.json"), {
      trial: {
        id: "c3",
        kind: "external",
        config: { ...config, labelSmoothing: 0.1, prior: "class-frequencies", parameters: { lr: 2 } },
      },
    });
    const { arms: found } = source(root);
    expect(found.map(({ name }) => name)).toEqual([
      "ε = 0",
      "ε = 0.1, prior class-frequencies, lr 2",
      "ε = 0.1, prior uniform",
    ]);
    expect(found[1]).toMatchObject({ prior: "class-frequencies", parameters: { lr: 2 } });
  });

  test("a config.json of another program is passed over", () => {
    const root = layout("0/1", "0.1/1");
    writeJson(join(root, "0.1/1/config.json"), { config: { seed: 7, hidden: 64 }, architectures: ["net"] });
    writeFileSync(join(root, "0/1/config.json"), "not JSON");
    expect(new Set(source(root).runs.map(({ seed }) => seed))).toEqual(new Set([1]));
  });

  test("a pattern says what else cannot be told, and takes what is of its form", () => {
    const root = layout("lenet-0.1/a1", "lenet-0/a1", "mlp-0/a1", "notes");
    for (const name of ["lenet-0", "mlp-0"]) writeJson(join(root, name, "run.json"), { epsilon: 0 });
    writeJson(join(root, "lenet-0.1/run.json"), { epsilon: 0.1 });
    expect(arms(root, { pattern: "lenet-{epsilon}/a{seed}" })).toEqual(["ε = 0", "ε = 0.1"]);
    expect(arms(root, { pattern: "{name}/a{seed}", base: "mlp-0" })).toEqual(["mlp-0", "lenet-0", "lenet-0.1"]);
  });

  test("a pattern that ends in .npz is of files", () => {
    const root = layout();
    for (const name of ["0/s1.npz", "0/s2.npz", "0.1/s1.npz", "0.1/extra.txt"]) {
      mkdirSync(join(root, name, ".."), { recursive: true });
      writeFileSync(join(root, name), "");
    }
    const { runs } = source(root, { pattern: "{epsilon}/s{seed}.npz" });
    expect(runs.map(({ id }) => id.slice(root.length))).toEqual(["/0/s1.npz", "/0.1/s1.npz", "/0/s2.npz", ""]);
    expect(runs[0].place?.("")).toEqual({ folder: join(root, "0"), name: "s1.npz" });
  });

  test("links are followed, each folder counts once and by its own name, circles end, and loose ends are nothing", () => {
    const root = layout("runs/0/1", "runs/0.1/1");
    const elsewhere = layout("kept");
    symlinkSync(join(elsewhere, "kept"), join(root, "runs/0/2"));
    symlinkSync(join(root, "runs/0.1/1"), join(root, "runs/0.1/7"));
    symlinkSync(root, join(root, "runs/again"));
    symlinkSync(join(root, "nowhere"), join(root, "runs/lost"));
    symlinkSync("itself", join(root, "runs/itself"));
    const { runs } = source(join(root, "runs"));
    expect(runs.filter(({ place }) => place !== null).map(({ arm, seed }) => [arm, seed])).toEqual([
      ["ε = 0", 1],
      ["ε = 0.1", 1],
      ["ε = 0", 2],
    ]);
  });

  test("hidden folders, what lies below a run, and other files are not looked at, and nothing is written", () => {
    const root = layout("0/1", "0.1/1", "0.1/1/older/2", ".trash/0.1/1", "0.1/.3.unfinished");
    writeFileSync(join(root, "0/notes.txt"), "");
    expect(source(root).runs).toHaveLength(2);
    expect(readdirSync(root).sort()).toEqual([".trash", "0", "0.1"]);
  });

  test("--base names the arm to compare with, by its name or its ε", () => {
    const root = layout("0.1/1", "0.2/1", "0/1");
    expect(arms(root, { base: "ε = 0.1" })).toEqual(["ε = 0.1", "ε = 0", "ε = 0.2"]);
    expect(arms(root, { base: "0.2" })).toEqual(["ε = 0.2", "ε = 0", "ε = 0.1"]);
    expect(() => source(root, { base: "ε = 0.3" })).toThrow(
      refusal('--base must be one of "ε = 0", "ε = 0.1", "ε = 0.2", got "ε = 0.3"'),
    );
    expect(() => source(root, { base: "resnet" })).toThrow(
      refusal('--base must be one of "ε = 0", "ε = 0.1", "ε = 0.2", got "resnet"'),
    );
  });

  test("without ε = 0, or with two such arms, the base has to be named", () => {
    const none = layout("0.1/1", "0.2/1");
    expect(() => source(none)).toThrow(
      refusal(
        '--from must hold one arm with ε = 0, got none among "ε = 0.1", "ε = 0.2"; --base names the arm to compare with',
      ),
    );
    expect(arms(none, { base: "ε = 0.2" })).toEqual(["ε = 0.2", "ε = 0.1"]);
    const two = layout("baseline/1", "plain/1", "0.1/1");
    expect(() => source(two, { pattern: "{name}/{seed}" })).toThrow(
      refusal(
        '--from must hold one arm with ε = 0, got ε = 0 in "baseline", "plain"; --base names the arm to compare with',
      ),
    );
  });

  test("what does not say ε or seed is named, five of them, with the remedy", () => {
    const places = Array.from({ length: 7 }, (_, i) => `focal-${"abcdefg"[i]}`);
    const root = layout("0/1", ...places);
    const named = places.slice(0, 5).map((place) => `${join(root, place)} without ε and seed`);
    expect(() => source(root)).toThrow(
      refusal(
        `--from must tell ε and seed of every run, got ${named.join(", ")}, and 2 more; say them by --pattern, as in ` +
          '--pattern "{epsilon}/s{seed}", or in a run.json beside the predictions or in a folder above, as in { "epsilon": 0.1, "seed": 3 }',
      ),
    );
    const lacking = layout("0/1", "focal/2");
    expect(() => source(lacking, { pattern: "{name}/{seed}" })).toThrow(
      refusal(
        `--from must tell ε and seed of every run, got ${join(lacking, "focal/2")} without ε; say them in a run.json ` +
          'beside the predictions or in a folder above, as in { "epsilon": 0.1, "seed": 3 }',
      ),
    );
  });

  test("an arm and a seed that are there twice are an error", () => {
    const root = layout("lenet-eps0/s1", "mlp-eps0/s1", "lenet-eps0.1/s1");
    expect(() => source(root)).toThrow(
      refusal(
        `arms must have one run of each seed, got two of ε = 0 with seed 1: ${join(root, "lenet-eps0/s1")} and ` +
          `${join(root, "mlp-eps0/s1")}; tell their arms apart by --pattern with {name}, or by a name in a run.json`,
      ),
    );
  });

  test("one name with two ε is an error", () => {
    const root = layout("0/1", "a/1", "a/2");
    writeJson(join(root, "a/1/run.json"), { name: "a", epsilon: 0.1 });
    writeJson(join(root, "a/2/run.json"), { name: "a", epsilon: 0.2 });
    expect(() => source(root)).toThrow(
      refusal(
        `arms must be one thing on all seeds, got a with other ε, 0.1 and 0.2, in ${join(root, "a/1")} and ${join(root, "a/2")}`,
      ),
    );
  });

  test("one arm alone, too many seeds, and nothing at all are errors", () => {
    const single = layout("0/1", "0/2");
    expect(() => source(single)).toThrow(
      refusal(`--from must hold two arms or more, got ε = 0 alone, as in ${join(single, "0/1")}`),
    );
    const many = layout(...Array.from({ length: 41 }, (_, i) => `0/${i}`), "0.1/1");
    expect(() => source(many)).toThrow(refusal("--from must hold at most 40 seeds, got 41"));
    const empty = layout();
    mkdirSync(empty);
    expect(() => source(empty)).toThrow(
      refusal(`--from must hold predictions.npz in a folder for each arm and seed, got ${empty} with nothing in it`),
    );
    writeFileSync(join(empty, "readme.md"), "");
    expect(() => source(empty)).toThrow(
      refusal(`--from must hold predictions.npz in a folder for each arm and seed, got ${empty} with readme.md`),
    );
  });

  test("a place that is not there, a file, and a pattern that nothing is of are errors", () => {
    const nowhere = join(base, "nowhere");
    expect(() => source(nowhere)).toThrow(
      refusal(`--from must name folders that can be read; ${nowhere} does not exist`),
    );
    const root = layout("0/1", "0.1/1");
    const path = join(root, "0/1/predictions.npz");
    expect(() => source(path)).toThrow(
      refusal(`--from must name folders that can be read; ${path} is a file, not a folder`),
    );
    expect(() => source(root, { pattern: "{epsilon}/s{seed}" })).toThrow(
      refusal("--pattern must be the form of some path below --from, got {epsilon}/s{seed} for 0/1, 0.1/1"),
    );
  });

  test.each<[unknown, string]>([
    [{ epsilon: 2 }, "epsilon must be a number in [0, 1], got 2 in FILE"],
    [{ name: "a\nb" }, 'name must be a name on one line, got "a\\nb" in FILE'],
    [{ seed: 1.5 }, "seed must be an integer of at least 0, got 1.5 in FILE"],
    [{ parameters: { lr: [1] } }, "parameters.lr must be a number, a word, or true or false, got [1] in FILE"],
    [{ prior: [0.5, 0.6] }, "prior must sum to 1, got 1.1; divide each number by the sum"],
    [[1], "FILE must hold settings of a run by name, in JSON"],
  ])("a run.json with %j is refused", (content, message) => {
    const root = layout("0/1", "0.1/1");
    const path = join(root, "0.1/run.json");
    writeJson(path, content);
    expect(() => source(root)).toThrow(refusal(message.replace("FILE", path)));
  });
});
