import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missingParts, programOnPath } from "../../../../test/optional-parts/optional-parts.ts";
import { expectAllClose } from "../expect-all-close.ts";
import { useBackend } from "../tfjs/backends.ts";
import { type Answer, distance, type PeerCase } from "../tfjs/peer-cases.ts";
import type { Deviation } from "../tfjs/random-shapes.ts";
import { type Training, trainDigits } from "../tfjs/train-digits.ts";
import { type Served, serveFolder } from "./serve-folder.ts";
import { buildTfjsProject, digits } from "./tfjs-project.ts";

const { cases }: { cases: PeerCase[] } = JSON.parse(
  readFileSync(new URL("../fixtures/peers.json", import.meta.url), "utf8"),
);

// WebGL and WebGPU on the processor, so that a machine without a graphics card runs them too.
const flags = ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
const isolation = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};
const parts = "[needs chromium, swiftshader]";

describe.skipIf(missingParts(parts)?.length)(`the packed library beside TensorFlow.js in a Vite page ${parts}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-tfjs-"));
  let sites: { readonly site: string; readonly siteForThreads: string };
  let browser: Browser;
  let inNode: Training;

  beforeAll(async () => {
    sites = await buildTfjsProject(folder);
    browser = await chromium.launch({ executablePath: programOnPath("chromium") as string, args: flags });
    await useBackend("cpu");
    const { pixels, labels } = digits();
    inNode = await trainDigits(pixels, labels);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("trains in Node: the loss falls, and no tensor stays", () => {
    expectTraining(inNode);
  });

  describe.each([
    { backend: "cpu", where: "an ordinary page", headers: {} },
    { backend: "wasm", where: "an ordinary page", headers: {} },
    { backend: "wasm", where: "a cross-origin-isolated page, with threads", headers: isolation },
    { backend: "webgl", where: "an ordinary page", headers: {} },
    { backend: "webgpu", where: "an ordinary page", headers: {} },
  ])("on $backend in $where", ({ backend, headers }) => {
    let served: Served;
    let page: Page;
    const noise: string[] = [];
    const ask = <T>(question: string): Promise<T> => page.evaluate<T>(`globalThis.page.${question}`);

    beforeAll(async () => {
      served = await serveFolder(headers === isolation ? sites.siteForThreads : sites.site, headers);
      page = await browser.newPage();
      page.on("pageerror", (error) => noise.push(error.message));
      page.on("console", (message) => message.type() === "error" && noise.push(message.text()));
      await page.goto(served.address);
      await page.waitForFunction("globalThis.page !== undefined", undefined, { timeout: 20_000 });
      expect(await ask(`start("${backend}")`)).toBe(backend);
    }, 60_000);
    afterAll(async () => {
      await page?.close();
      await served?.close();
    });

    it("gives what other libraries' tests expect", async () => {
      const answers = await ask<Answer[]>("peers()");
      const wrong = cases.flatMap((peer, i) => {
        const { numbers = [], error } = answers[i];
        const right = peer.throws
          ? error?.startsWith(peer.throws)
          : error === undefined && distance(numbers, peer) <= (peer.tolerance as number);
        return right ? [] : [`${peer.peer}, ${peer.test}: ${error ?? numbers}`];
      });
      expect(answers.length).toBe(cases.length);
      expect(wrong).toEqual([]);
    });

    it("gives what the core gives over random shapes and options", async () => {
      // The adapter's stated accuracy.
      const far = (await ask<Deviation[]>("deviations()")).filter(
        ({ loss, gradient }) => !(loss <= 1e-5 && gradient <= 1e-5),
      );
      expect(far).toEqual([]);
    });

    it("trains on digits as Node does: the loss falls, and no tensor stays", async () => {
      const before = await ask<number>("tensors()");
      const training = await ask<Training>("train()");
      expect(await ask<number>("tensors()")).toBe(before);
      expectTraining(training);
      // Twenty-four steps amplify what float32 rounds otherwise in each step.
      expectAllClose(training.loss, inNode.loss, { rtol: 1e-4 });
      expectAllClose(training.crossEntropy, inNode.crossEntropy, { rtol: 1e-4 });
      expectAllClose(training.accuracy, inNode.accuracy, { atol: 2 / 300 });
    });

    it("has as many tensors after 1,000 steps as after one, and a smaller loss", async () => {
      const { losses, tensors } = await ask<{ losses: number[]; tensors: number[] }>("steps(1000)");
      expect(tensors[1]).toBe(tensors[0]);
      expect(losses[0]).toBeCloseTo(Math.log(3), 5);
      expect(losses[1]).toBeLessThan(0.5 * losses[0]);
    });

    it("calls a class that does not exist an error, without validate: true on a GPU only NaN", async () => {
      const message = "labels must be integers in [0, 2), got 2 at row 2; if labels start at 1, subtract 1";
      expect(await ask<unknown>("wrongLabel(true)")).toBe(message);
      const unchecked = await ask<string | string[]>("wrongLabel(false)");
      if (backend === "webgl" || backend === "webgpu") {
        expect([unchecked].flat().map((value) => value === "NaN")).toEqual([false, false, true]);
      } else {
        expect(unchecked).toBe(message);
      }
    });

    it("says nothing on the console", () => expect(noise).toEqual([]));
  });
});

function expectTraining({ loss, crossEntropy, accuracy, tensors }: Training): void {
  expect(loss.length).toBe(4);
  expect(loss.at(-1)).toBeLessThan(0.7 * loss[0]);
  expect(crossEntropy.at(-1)).toBeLessThan(0.6 * crossEntropy[0]);
  expect(accuracy.at(-1)).toBeGreaterThan(0.8);
  expect(tensors.at(-1)).toBe(tensors[1]);
}
