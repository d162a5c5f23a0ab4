import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderAdversarialReport } from "../../../src/report/adversarial/render-adversarial-report.ts";
import { writeAdversarialReport } from "../../../src/report/adversarial/write-adversarial-report.ts";
import { adversarialFixture } from "./support/fixture.ts";

describe("writeAdversarialReport", () => {
  const results = adversarialFixture();
  let folder: string;
  let written: { report: string };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "softlabel-adversarial-report-"));
    written = await writeAdversarialReport(results, folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("writes the report and says where it is", async () => {
    expect(written).toEqual({ report: join(folder, "report.html") });
    expect(await readFile(written.report, "utf8")).toBe(renderAdversarialReport(results));
  });

  test("writes every table as a CSV file with a row for each thing that it counts", async () => {
    const rows = async (name: string): Promise<number> =>
      (await readFile(join(folder, "data", name), "utf8")).trimEnd().split("\r\n").length - 1;
    expect((await readdir(join(folder, "data"))).sort()).toEqual([
      "accuracy.csv",
      "calibration.csv",
      "checks.csv",
      "confidence.csv",
      "digits.csv",
      "published.csv",
      "reliability.csv",
      "robustness.csv",
      "smoothing.csv",
    ]);
    const arms = results.arms.length;
    expect(await rows("accuracy.csv")).toBe(arms * 6);
    expect(await rows("calibration.csv")).toBe(arms * 3);
    expect(await rows("checks.csv")).toBe(arms * 3);
    expect(await rows("reliability.csv")).toBe(arms * 3 * 15);
    expect(await rows("digits.csv")).toBe(results.digits.length * arms);
    expect(await rows("smoothing.csv")).toBe(results.comparisons.length * 4);
  });

  test("writes every panel as an SVG file that stands alone, named after its arm and its attack", async () => {
    const names = (await readdir(join(folder, "plots"))).sort();
    const each = (kind: string): string[] =>
      results.arms.flatMap(({ labelSmoothing, training }) =>
        ["clean", "fgsm", "pgd"].map((attack) => `${kind}-epsilon-${labelSmoothing}-${training}-${attack}.svg`),
      );
    expect(names).toContain("reliability-epsilon-0.1-adversarial-pgd.svg");
    expect(names).toEqual(
      [
        ...each("confidence"),
        ...each("reliability"),
        "digits.svg",
        ...["adversarial", "clean"].flatMap((training) =>
          ["fgsm", "pgd", "transfer"].map((attack) => `robustness-${training}-${attack}.svg`),
        ),
      ].sort(),
    );
    for (const name of names) {
      const svg = await readFile(join(folder, "plots", name), "utf8");
      expect(svg).toMatch(
        /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" role="img" aria-label="[^"]+" [^>]*viewBox="0 -\d+ \d+ \d+"/,
      );
      expect(svg).toMatch(/<title>[^<]+<\/title><style>:root/);
      expect(svg).toMatch(/<text class="title"[^>]*>[^<]+<\/text>/);
      for (const [, variable] of svg.matchAll(/var\((--[\w-]+)\)/g)) expect(svg).toContain(`${variable}: #`);
    }
  });
});
