import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { root } from "../house/imports.ts";

interface Plan {
  readonly imageNet: Readonly<Record<"trainRows" | "testRows" | "validationRows" | "classes", number>>;
  readonly szegedy: Readonly<Record<"replicas" | "batchSize" | "epochs", number>>;
  readonly plan: { readonly arms: number; readonly seeds: number };
  readonly predictionBytes: () => number;
  readonly halfWidth: (sd: number) => number;
}

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const text = read("docs/scale.md");
const flowing = text.replaceAll(/\s+/g, " ");
const resultsOf = (name: string) => JSON.parse(read(`bench/results/${name}.json`));

describe("docs/scale.md", async () => {
  const script = new URL("../../scripts/plan-imagenet.js", import.meta.url).href;
  const planned: Plan = await import(/* @vite-ignore */ script);
  const folder = mkdtempSync(join(tmpdir(), "softlabel-scale-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("shows the raw results and the plan: its tables are what the script makes of them", () => {
    const filled = join(folder, "scale.md");
    execFileSync(process.execPath, ["scripts/fill-scale.js", filled], { cwd: root });
    expect(readFileSync(filled, "utf8"), "run node scripts/fill-scale.js").toBe(text);
  });

  it("counts the rows, bytes and runs that the plan has", () => {
    const { imageNet, szegedy, plan, predictionBytes } = planned;
    const runs = plan.arms * plan.seeds;
    expect(runs).toBe(12);
    expect(flowing).toContain(`${imageNet.trainRows.toLocaleString("en")} images for ${szegedy.epochs} epochs`);
    expect(flowing).toContain(`(50,000 + 10,000) × 1,000 logits`);
    expect([imageNet.testRows, imageNet.validationRows, imageNet.classes]).toEqual([50_000, 10_000, 1000]);
    expect(flowing).toContain(
      `${(predictionBytes() / 1e6).toFixed(0)} MB; twelve of them ${((runs * predictionBytes()) / 1e9).toFixed(1)} GB`,
    );
    // The files that were judged were of this size, with a header for each array.
    const [, large] = resultsOf("judging").results;
    expect(large.bytesPerTrial - predictionBytes()).toBeGreaterThan(0);
    expect(large.bytesPerTrial - predictionBytes()).toBeLessThan(2000);
  });

  it("says what six seeds can show", () => {
    const { plan, halfWidth } = planned;
    expect(flowing).toContain(`at best p = 2/2⁶ = ${(2 / 2 ** plan.seeds).toFixed(3)}`);
    expect(2 / 2 ** (plan.seeds - 1)).toBeGreaterThan(0.05);
    const [low, high] = [0.11, 0.18].map((sd) => halfWidth(sd).toFixed(2));
    expect(flowing).toContain(`over six seeds is ±${low} to ±${high} points`);
  });

  it("rounds what was measured as it says", () => {
    const { results } = resultsOf("judging");
    for (const { bytesPerTrial, all } of results) {
      // The file and the engine beside it.
      expect(all.peakMiB).toBeLessThan(bytesPerTrial / 2 ** 20 + 150);
    }
    const [, { trials, all }] = results;
    expect(flowing).toContain(`the twelve trials take ${((12 * all.cpuSeconds) / trials).toFixed(0)} s of its time`);
    const queue = resultsOf("queue-cost");
    const costs = queue.results.map(
      ({ work }: { readonly work: { readonly seconds: number } }) => (1000 * work.seconds) / queue.trials,
    );
    expect(flowing).toContain(
      `a trial costs ${Math.min(...costs).toPrecision(1)} to ${Math.max(...costs).toPrecision(2)} ms`,
    );
    const [redis] = queue.results.filter(({ server }: { readonly server: string }) => server === "redis");
    const bytes = ((redis.waiting.memoryMiB - redis.before.memoryMiB) * 2 ** 20) / queue.trials;
    expect(bytes).toBeGreaterThan(700);
    expect(bytes).toBeLessThan(1300);
  });

  it("names the machines and versions of the raw results", () => {
    for (const name of ["judging", "queue-cost"]) {
      const { cores, cpu, node } = resultsOf(name).machine;
      expect(flowing).toContain(
        `\`npm run bench -- ${name}\` measured it on ${cores} cores of an ${cpu} with Node ${node.slice(1)}`,
      );
    }
    const versions: readonly { readonly server: string; readonly version: string }[] = resultsOf("queue-cost").results;
    const numberOf = (name: string): string | undefined =>
      /\d+\.\d+(\.\d+)?/.exec(versions.find(({ server }) => server === name)?.version ?? "")?.[0];
    expect(flowing).toContain(`Redis ${numberOf("redis")} and PostgreSQL ${numberOf("postgresql")}`);
  });

  it("shows the command of the Slurm script as the script does", () => {
    const [command] = /SHARDS=12 [\s\S]*?\/shared\/experiment/.exec(read("deploy/slurm.sh")) ?? [];
    const plain = (words = ""): string => words.replaceAll(/[\s#\\]+/g, " ");
    expect(plain(text)).toContain(plain(command));
  });

  it("links only to files that exist", () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = ""]) => link);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !existsSync(join(root, "docs", link)))).toEqual([]);
  });
});
