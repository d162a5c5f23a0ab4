import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingParts, programOnPath } from "../../../../test/optional-parts/optional-parts.ts";
import { verdict } from "../../src/experiment/verdict.ts";
import { renderReport } from "../../src/report/report.ts";
import { namedEvidence } from "./support/evidence.ts";
import { lenet5Results } from "./support/fixtures.ts";

const results = lenet5Results();

/** Names that no layout expects, a command without a space, a log without one, and trials that failed. */
function crowded(): Parameters<typeof renderReport>[0] {
  const long = "w".repeat(80);
  const names = [
    "no smoothing",
    long,
    "תווית חלקה",
    "标签平滑，类别频率先验，一二三四五六七八九十",
    "<b>x</b> y z ".repeat(6),
    "e",
    "f",
    "g",
  ];
  const shift = { accuracy: 0.01, nll: 0.08, ece: 0.1, nllAfterTemperature: -0.04 };
  const all = namedEvidence(
    8,
    names.map((name, i) =>
      i === 0 ? { name, epsilon: 0 } : { name, shift, parameters: { [long]: long, schedule: `0.${i}→0` } },
    ),
    {
      trainer: { kind: "command", typed: `python ${long}${long}${long} --out {out}` },
      missing: [1, 2, 3, 4].map((seed) => ({
        arm: "left out",
        seed,
        reason: `it failed: ${long}${long}; its log:\n${long}${long}`,
      })),
      run: { queue: "redis", machines: { [long]: 70, other: 1 } },
    },
  );
  return { ...all, verdict: verdict(all) };
}

describe.skipIf(missingParts("[needs chromium]")?.length)("the report in a browser [needs chromium]", () => {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-report-"));
  const address = pathToFileURL(join(folder, "report.html")).href;
  let browser: Browser;

  beforeAll(async () => {
    writeFileSync(join(folder, "report.html"), renderReport(results));
    writeFileSync(join(folder, "crowded.html"), renderReport(crowded()));
    browser = await chromium.launch({ executablePath: programOnPath("chromium") as string, args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens the report; everything that it asks for or complains of goes into `noise`. */
  async function open(width: number, colorScheme: "light" | "dark"): Promise<{ page: Page; noise: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    const noise: string[] = [];
    page.on("console", (message) => noise.push(message.text()));
    page.on("pageerror", (error) => noise.push(error.message));
    page.on("request", (request) => {
      if (request.url() !== address) noise.push(request.url().slice(0, 80));
    });
    await page.goto(address);
    return { page, noise };
  }

  test.each([320, 390, 768, 1280])(
    "at %i px nothing reaches over the page's edge, and nothing is asked of the network",
    async (width) => {
      const { page, noise } = await open(width, "light");
      const reach = await page.evaluate<number>("document.documentElement.scrollWidth");
      expect(reach).toBeLessThanOrEqual(width);
      expect(noise).toEqual([]);
      await page.close();
    },
  );

  test.each([320, 390, 768, 1280])("at %i px long names, commands and logs stay on the page, too", async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    await page.goto(pathToFileURL(join(folder, "crowded.html")).href);
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    const names = page.locator(".glance .arm, .metrics .arm");
    const cut = await names.evaluateAll((all) => all.filter((name) => name.scrollWidth > name.clientWidth + 1).length);
    expect([await names.count(), cut]).toEqual([8 * (6 + 11), 0]);
    await page.close();
  });

  test("the verdict is the first thing that a phone shows", async () => {
    const { page } = await open(390, "light");
    const heading = await page.locator("h1").boundingBox();
    expect(heading?.y).toBeLessThan(200);
    // The headline may set the numbers apart from the sentence, so white space is folded.
    const text = ((await page.locator("body").textContent()) ?? "").replaceAll(/\s+/g, " ");
    for (const sentence of results.verdict) expect(text).toContain(sentence.split(/[.(]/)[0]?.trim());
    await page.close();
  });

  test("dark is dark and light is light, text against its ground", async () => {
    const luminance = async (scheme: "light" | "dark"): Promise<number[]> => {
      const { page } = await open(1280, scheme);
      const style = "getComputedStyle(document.body)";
      const colours = await page.evaluate<string[]>(`[${style}.color, ${style}.backgroundColor]`);
      await page.close();
      return colours.map((colour) => Math.max(...(colour.match(/\d+(\.\d+)?/g) ?? []).slice(0, 3).map(Number)));
    };
    const [[lightText, lightGround], [darkText, darkGround]] = [await luminance("light"), await luminance("dark")];
    expect(lightGround).toBeGreaterThan(lightText);
    expect(darkGround).toBeLessThan(darkText);
  });

  test("every figure is drawn: no picture without size", async () => {
    const { page } = await open(1280, "light");
    const sizes = await page
      .locator("svg[role=img]")
      .evaluateAll((all) => all.map((svg) => svg.getBoundingClientRect().height));
    expect(sizes.length).toBeGreaterThan(10);
    expect(Math.min(...sizes)).toBeGreaterThan(50);
    await page.close();
  });
});
