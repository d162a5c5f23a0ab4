import { chromium } from "playwright-core";
import { softmaxCrossEntropy } from "softlabel";
import { describe, expect, it } from "vitest";
import { serveFolder } from "../../packages/softlabel/test/browser/serve-folder.ts";
import { root } from "../house/imports.ts";
import { missingParts, programOnPath } from "../optional-parts/optional-parts.ts";

describe.skipIf(missingParts("[needs chromium]")?.length)("examples/page.html [needs chromium]", () => {
  it("shows loss, floor and gradient, and follows ε", async () => {
    const { address, close } = await serveFolder(root, {});
    const browser = await chromium.launch({
      executablePath: programOnPath("chromium") as string,
      args: ["--no-sandbox"],
    });
    try {
      const page = await browser.newPage();
      await page.goto(`${address}examples/page.html`);
      for (const labelSmoothing of [0.1, 0.5]) {
        await page.locator("#smoothing").fill(String(labelSmoothing));
        const { loss, floor, gradLogits } = softmaxCrossEntropy([0], [[2, 1, 0]], { labelSmoothing, gradient: true });
        const shown = (await page.locator("#answer").textContent()) ?? "";
        const numbers = Array.from(shown.matchAll(/-?\d+\.\d+/g), ([number]) => Number(number));
        const expected = [loss, floor, ...gradLogits.data];
        expect(numbers).toEqual(expected.map((value) => Number(value.toFixed(4))));
      }
    } finally {
      await browser.close();
      await close();
    }
  });
});
