import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingParts, programOnPath } from "../../../../../test/optional-parts/optional-parts.ts";
import { renderChooseReport } from "../../../src/report/choose/render-choose-report.ts";
import { imaginedChoice } from "./support/imagined.ts";

describe.skipIf(missingParts("[needs chromium]")?.length)("the report in a browser [needs chromium]", () => {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-choose-report-"));
  const address = pathToFileURL(join(folder, "report.html")).href;
  let browser: Browser;

  beforeAll(async () => {
    writeFileSync(join(folder, "report.html"), renderChooseReport(imaginedChoice({ searched: true })));
    browser = await chromium.launch({ executablePath: programOnPath("chromium") as string, args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([320, 390, 1280])(
    "at %i px nothing reaches over the page's edge, every panel has a size, nothing is asked of the network",
    async (width) => {
      const page = await browser.newPage({ viewport: { width, height: 800 } });
      const noise: string[] = [];
      page.on("console", (message) => noise.push(message.text()));
      page.on("pageerror", (error) => noise.push(error.message));
      page.on("request", (request) => {
        if (request.url() !== address) noise.push(request.url().slice(0, 80));
      });
      await page.goto(address);
      expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      const heights = await page
        .locator("svg[role=img]")
        .evaluateAll((all) => all.map((svg) => svg.getBoundingClientRect().height));
      expect(heights).toHaveLength(2);
      expect(Math.min(...heights)).toBeGreaterThan(100);
      expect(noise).toEqual([]);
      await page.close();
    },
  );
});
