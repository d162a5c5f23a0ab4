import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingParts, programOnPath } from "../../../../../test/optional-parts/optional-parts.ts";
import type { AdversarialResults } from "../../../src/experiment/adversarial/results.ts";
import { renderAdversarialReport } from "../../../src/report/adversarial/render-adversarial-report.ts";
import { adversarialFixture } from "./support/fixture.ts";
import { imagined } from "./support/imagined.ts";

const long = "a-name-without-a-place-to-break".repeat(4);
const fixture = adversarialFixture();
const { data } = imagined().experiment;
const reports: Readonly<Record<string, AdversarialResults>> = {
  fixture,
  strange: imagined({
    labelSmoothings: [0.05, 0.1, 0.3],
    channels: 3,
    attack: { norm: 2, epsilon: 2 },
    experiment: {
      model: long,
      data: { ...data, name: long, channels: 3, classNames: data.classNames.map((name) => name + long) },
    },
  }),
};

describe.skipIf(missingParts("[needs chromium]")?.length)("the report in a browser [needs chromium]", () => {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-adversarial-browser-"));
  let browser: Browser;

  beforeAll(async () => {
    for (const [name, results] of Object.entries(reports)) {
      writeFileSync(join(folder, `${name}.html`), renderAdversarialReport(results));
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
      const url = request.url();
      if (url !== address && !url.startsWith("data:image/png;base64,")) noise.push(url.slice(0, 80));
    });
    await page.goto(address);
    return { page, noise };
  }

  test.each([
    ["fixture", 320],
    ["fixture", 390],
    ["fixture", 1280],
    ["strange", 390],
    ["strange", 1280],
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
    const { page } = await open("fixture", 390);
    expect((await page.locator("h1").boundingBox())?.y).toBeLessThan(200);
    const sizes = await page
      .locator("svg[role=img]")
      .evaluateAll((all) => all.map((svg) => svg.getBoundingClientRect().height));
    expect(sizes.length).toBe(6 + 1 + 2 * 3 * fixture.arms.length);
    expect(Math.min(...sizes)).toBeGreaterThan(50);
    await page.close();
  });

  test("every digit is drawn, with hard edges between its pixels", async () => {
    const { page } = await open("fixture", 1280);
    const drawn = await page.evaluate<string[]>(`Promise.all(
      [...document.querySelectorAll("#digits image")].map(async (element) => {
        const picture = new Image();
        picture.src = element.getAttribute("href");
        await picture.decode();
        return picture.naturalWidth + "x" + picture.naturalHeight + " " + getComputedStyle(element).imageRendering;
      }),
    )`);
    const pictures = fixture.digits.length * (1 + 2 * fixture.arms.length);
    expect(drawn).toEqual(Array.from({ length: pictures }, () => "28x28 pixelated"));
    await page.close();
  });
});
