import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import {
  evaluatePredictions,
  fitBeta,
  fitDirichlet,
  fitEnsembleTemperature,
  fitHistogramBinning,
  fitIsotonic,
  fitMatrixScaling,
  fitPlatt,
  fitTemperatureScaling,
  fitVectorScaling,
  type Predictions,
  type Recalibrator,
} from "softlabel/calibration";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missingParts, programOnPath } from "../../../../test/optional-parts/optional-parts.ts";
import { seededRandom } from "../../src/statistics/random.ts";
import { expectAllClose, expectClose } from "../expect-all-close.ts";
import { buildPage } from "./built-page.ts";
import { serveFolder } from "./serve-folder.ts";

interface Told {
  readonly mended: readonly {
    readonly method: string;
    readonly kind: string;
    readonly data: readonly number[];
    readonly ece: number;
  }[];
  readonly refused: string;
}

/** Logits of three classes, with a label that the largest of them is too sure of. */
function labelled(rows: number, seed: number): { labels: number[]; predictions: Predictions } {
  const { next, below } = seededRandom(seed);
  const labels = Array.from({ length: rows }, () => below(3));
  const data = labels.flatMap((label) => [0, 1, 2].map((k) => 6 * (next() / 2 ** 32) + (k === label ? 2 : 0)));
  return { labels, predictions: { data, shape: [rows, 3], kind: "logits" } };
}

const fitted = labelled(200, 1);
const page = labelled(60, 2);
const recalibrators: readonly Recalibrator[] = [
  fitTemperatureScaling,
  fitEnsembleTemperature,
  fitVectorScaling,
  fitMatrixScaling,
  fitDirichlet,
  fitPlatt,
  fitBeta,
  fitIsotonic,
  fitHistogramBinning,
].map((fit): Recalibrator => fit(fitted.labels, fitted.predictions));
const given = { documents: recalibrators, ...page, damaged: { ...recalibrators[0].toJSON(), parameters: {} } };

describe.skipIf(missingParts("[needs chromium]")?.length)("recalibrators in a Vite page [needs chromium]", () => {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-calibration-page-"));
  let browser: Browser;
  let told: Told;
  const noise: string[] = [];

  beforeAll(async () => {
    mkdirSync(join(folder, "public"));
    writeFileSync(join(folder, "public/recalibrators.json"), JSON.stringify(given));
    const { site } = await buildPage(folder, "calibration-page");
    const { address, close } = await serveFolder(site, {});
    browser = await chromium.launch({ executablePath: programOnPath("chromium") as string, args: ["--no-sandbox"] });
    const visited = await browser.newPage();
    visited.on("console", (message) => noise.push(message.text()));
    visited.on("pageerror", (error) => noise.push(error.message));
    visited.on("requestfailed", (request) => noise.push(request.url()));
    await visited.goto(address);
    await visited.waitForFunction("globalThis.told !== undefined", undefined, { timeout: 20_000 }).catch(() => {});
    told = await visited.evaluate<Told>("globalThis.told");
    await close();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("are fetched as JSON, one of each kind, without a word on the console", () => {
    expect(noise).toEqual([]);
    expect(told.mended.map(({ method }) => method)).toEqual(recalibrators.map(({ method }) => method));
    expect(new Set(told.mended.map(({ method }) => method)).size).toBe(9);
  });

  it("mend the page's predictions as they do in Node, where they were fitted", () => {
    for (const [i, { method, kind, data, ece }] of told.mended.entries()) {
      const mended = recalibrators[i].apply(page.predictions);
      const { metrics } = evaluatePredictions(page.labels, mended);
      expect(kind).toBe(mended.kind);
      // Another engine's exp and log may differ in the last bit, and sums of them in the last few.
      expectAllClose(data, mended.data, { rtol: 1e-13, atol: 1e-15 }, method);
      expectClose(ece, metrics.ece?.value as number, { atol: 1e-12 }, method);
    }
  });

  it("are refused there by the same sentence if the document is damaged", () => {
    expect(told.refused).toBe("parameters.temperature must be finite and at least 0, got undefined");
  });
});
