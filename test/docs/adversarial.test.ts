import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { smoothLabels } from "softlabel";
import { afterAll, describe, expect, it } from "vitest";
import { adversarialCommand } from "../../packages/softlabel-cli/src/commands/adversarial.ts";
import {
  adversarialDefaults,
  epochsFor,
  twice,
} from "../../packages/softlabel-cli/src/experiment/adversarial/options.ts";
import { formatCount } from "../../packages/softlabel-cli/src/experiment/verdict-metrics.ts";
import { root } from "../house/imports.ts";

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const page = read("docs/adversarial.md");
const prose = page.replaceAll(/\s+/g, " ");
const kept = join(root, "bench/results/adversarial-mnist.json");
const imagined = join(root, "packages/softlabel-cli/test/fixtures/results-adversarial.json");
const documents = ["docs/adversarial.md", "README.md", "README.zh-CN.md"];
/** What the script puts between its markers, part by part. */
const partsOf = (text: string): string[] =>
  [...text.matchAll(/<!-- adversarial:(\w+) -->([\s\S]*?)<!-- end -->/g)].map(([, , part = ""]) => part.trim());

describe("the run of softlabel adversarial that the documents show", () => {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-adversarial-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const script = (name: string, ...words: string[]): void => {
    execFileSync(process.execPath, [`scripts/${name}.js`, ...words], { cwd: root });
  };

  it.each(documents)("is the kept one: %s", (path) => {
    script("fill-adversarial-run", kept, folder);
    expect(readFileSync(join(folder, path), "utf8"), "run node scripts/fill-adversarial-run.js").toBe(read(path));
  });

  it("loses its pictures and figures and no other number when it is kept", () => {
    const file = join(folder, "kept.json");
    script("keep-adversarial-run", imagined, file);
    const [before, after] = [imagined, file].map((path) => JSON.parse(readFileSync(path, "utf8")));
    const { digits: _, ...rest } = before;
    for (const { calibration } of rest.arms) {
      for (const part of Object.values<Record<string, unknown>>(calibration)) {
        delete part.reliability;
        delete part.confidence;
      }
    }
    expect(after).toEqual(rest);
  });

  it("fills every part, whatever run it is", () => {
    const [file, elsewhere] = [join(folder, "kept.json"), join(folder, "imagined")];
    script("keep-adversarial-run", imagined, file);
    script("fill-adversarial-run", file, elsewhere);
    const { verdict, experiment } = JSON.parse(readFileSync(file, "utf8"));
    for (const path of documents) {
      const parts = partsOf(readFileSync(join(elsewhere, path), "utf8"));
      expect(parts.filter((part) => part === "" || /undefined|NaN|null/.test(part))).toEqual([]);
      expect(parts.join("\n")).toContain(verdict[0]);
    }
    const parts = partsOf(readFileSync(join(elsewhere, documents[0] ?? ""), "utf8"));
    expect(parts).toHaveLength(8);
    expect(parts[0]).toContain(experiment.command);
    expect(parts[2]).toContain("99.33 ± 0.03");
  });
});

describe("docs/adversarial.md", () => {
  it("has the bars of the test that holds them", () => {
    const test = read("packages/softlabel-cli/test/training/cleverhans-tutorial.test.ts");
    const held = [...test.matchAll(/expect\(\w+\)\.toBe(GreaterThan|LessThan)\((.+?)\)/g)];
    const bars = held.map(([, side, bar]) => `${side === "GreaterThan" ? ">" : "<"} ${bar}`);
    expect(bars).toHaveLength(4);
    expect([...page.matchAll(/^\| trained .* \| +([<>] [\d.]+) \|$/gm)].map(([, bar]) => bar)).toEqual(bars);
  });

  it("names only options that the command has, with their defaults", () => {
    const known = new Set(["--help", ...adversarialCommand().options.map(({ long }) => long)]);
    const named = [...page.matchAll(/`[^`\n]*?(--[a-z][a-z-]*)[^`\n]*`/g)].map(([, option]) => option);
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((option) => !known.has(option))).toEqual([]);
    const { attackSize, seeds, steps, restarts, trainSize } = adversarialDefaults;
    for (const [option, value] of Object.entries({ "attack-size": attackSize, seeds, steps, restarts })) {
      expect(prose).toContain(`\`--${option}\` (${value})`);
    }
    expect(prose).toContain(`By default it trains on ${formatCount(trainSize ?? 0)} images once`);
    expect([epochsFor(trainSize), epochsFor(null)]).toEqual([1, 6]);
  });

  it("names every field of results.json down to the parts of an arm", () => {
    const results = JSON.parse(readFileSync(imagined, "utf8"));
    const fields = [results, results.arms[0]].flatMap(Object.keys).filter((name) => name !== "arms");
    const named = (name: string): boolean => new RegExp(`[\`.]${name}\\b`).test(page);
    expect(fields.filter((name) => !named(name))).toEqual([]);
    expect(page).toContain(`\`"${results.schema}"\``);
  });

  it("explains every check, and no other", () => {
    const checks: { name: string }[] = JSON.parse(readFileSync(imagined, "utf8")).checks;
    const explained = [...page.matchAll(/^- \*\*([^*]+)\*\*: (?!made)/gm)].map(([, name]) => name);
    expect(explained.filter((name) => /[a-z]/.test(name?.[0] ?? ""))).toEqual([
      ...new Set(checks.map(({ name }) => name)),
    ]);
  });

  it("says what labels that were smoothed twice are", () => {
    const smoothed = (labels: number[], labelSmoothing: number): number[] => {
      const targets = { data: labels, shape: [1, 10] };
      return [...smoothLabels(targets, { labelSmoothing, classes: 10 }).data];
    };
    const left = 0.9;
    const clipped = [left, ...Array<number>(9).fill((1 - left) / 9)];
    const both = smoothed(clipped, 0.1);
    expect(both[0]).toBeCloseTo(0.82, 12);
    const oneHot = [1, ...Array<number>(9).fill(0)];
    for (const [k, share] of smoothed(oneHot, 0.2).entries()) expect(both[k]).toBeCloseTo(share, 12);
    expect((1 - left) * (10 / 9)).toBeCloseTo(0.11, 2);
    expect(prose).toContain("leaves 0.82 on the label, which is ε = 0.2");
    expect(prose).toContain(`0.1 becomes ${twice(0.1)}`);
  });

  it("counts the steps and the last rows of an epoch, and Adam's first ε̂", () => {
    const last = 60_000 % 128;
    expect(prose).toContain(`the last batch has ${last}: cleverhans repeats ${128 - last} rows`);
    expect(prose).toContain(`Both take ${Math.ceil(60_000 / 128)} steps`);
    expect(prose).toContain(`our ε̂ is ${(1e-8 * Math.sqrt(1 - 0.999)).toExponential(1)}`);
  });

  it("links only to files that exist", () => {
    const links = [...page.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !existsSync(join(root, "docs", link)))).toEqual([]);
  });
});
