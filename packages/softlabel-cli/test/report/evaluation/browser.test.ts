import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingParts, programOnPath } from "../../../../../test/optional-parts/optional-parts.ts";
import type { EvaluationResults } from "../../../src/evaluation/evaluation.ts";
import { renderEvaluation } from "../../../src/report/evaluation/render-evaluation.ts";
import { imagined } from "./support/imagined.ts";

const long = "a-name-without-a-place-to-break".repeat(4);
const reports: Readonly<Record<string, EvaluationResults>> = {
  one: imagined([{ name: "predictions.npz", classes: 12 }], { labelSmoothing: 0.1 }),
  four: imagined([
    { name: `${long}.npz`, classNames: [long, "b", "c", "d"] },
    { name: "b.npz", scale: 0.6 },
    { name: "c.npz", rows: 200 },
    { name: "d.npz" },
  ]),
};

describe.skipIf(missingParts("[needs chromium]")?.length)("the report in a browser [needs chromium]", () => {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-evaluation-"));
  let browser: Browser;

  beforeAll(async () => {
    for (const [name, results] of Object.entries(reports)) {
      writeFileSync(join(folder, `${name}.html`), renderEvaluation(results));
    }
    browser = await chromium.launch({ executablePath: programOnPath("chromium") as string, args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a report; everything that it asks for or complains of goes into `noise`. */
  async function open(name: string, width: number): Promise<{ page: Page; noise: string[] }> {
    const address = pathToFileURL(join(folder, `${name}.html`)).href;
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    const noise: string[] = [];
    page.on("console", (message) => noise.push(message.text()));
    page.on("pageerror", (error) => noise.push(error.message));
    page.on("request", (request) => {
      if (request.url() !== address) noise.push(request.url().slice(0, 80));
    });
    await page.goto(address);
    return { page, noise };
  }

  test.each([
    ["one", 320],
    ["one", 1280],
    ["four", 390],
    ["four", 1280],
  ] as const)(
    "%s at %i px: nothing reaches over the page's edge, nothing is asked of the network",
    async (name, width) => {
      const { page, noise } = await open(name, width);
      expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      expect(noise).toEqual([]);
      await page.close();
    },
  );

  test("the verdict is the first thing that a phone shows, and every figure has a size", async () => {
    const { page } = await open("one", 390);
    expect((await page.locator("h1").boundingBox())?.y).toBeLessThan(200);
    const sizes = await page
      .locator("svg[role=img]")
      .evaluateAll((all) => all.map((svg) => svg.getBoundingClientRect().height));
    expect(sizes.length).toBe(2 + 1 + 1 + 3);
    expect(Math.min(...sizes)).toBeGreaterThan(50);
    await page.close();
  });
});
