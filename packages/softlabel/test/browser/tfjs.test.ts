import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { softmaxCrossEntropy } from "softlabel";
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

    it("gives a batch without rows the loss 0 and an empty gradient", async () => {
      expect(await ask<unknown>("noRows()")).toEqual({ loss: 0, shape: [0, 3] });
    });

    const own = programs[backend];
    if (own) {
      it("runs programs of its own once it is prepared", async () => {
        const answer = await ask<OwnPrograms>("ownPrograms()");
        expect(answer.names).toEqual(own);
        expectRight(answer);
      });
    }

    it("says nothing on the console", () => expect(noise).toEqual([]));
  });

  describe.each([
    { program: "softlabelStatistics", how: "wrong" },
    { program: "softlabelStatistics", how: "broken" },
    { program: "softlabelGradient", how: "wrong" },
    { program: "softlabelGradient", how: "broken" },
  ])("on a webgpu device on which $program is $how", (spoiled) => {
    it("runs none of its programs and gives what the core gives", async () => {
      const served = await serveFolder(sites.site, {});
      const page = await browser.newPage();
      try {
        await page.goto(served.address);
        await page.waitForFunction("globalThis.page !== undefined", undefined, { timeout: 20_000 });
        await page.evaluate('globalThis.page.start("webgpu")');
        const answer = await page.evaluate<OwnPrograms>(`globalThis.page.ownPrograms(${JSON.stringify(spoiled)})`);
        expect(answer.names).toEqual([]);
        expectRight(answer);
      } finally {
        await page.close();
        await served.close();
      }
    });
  });
});

/** What each backend runs for a loss with its gradient: of webgl's programs, which have no names, the inputs. */
const programs: Readonly<Record<string, readonly string[]>> = {
  webgl: ["z, label, top, expSum, shiftSum", "z, label, top, expSum, upstream"],
  webgpu: ["softlabelStatistics_one_label", "softlabelGradient_one_label"],
};

interface OwnPrograms {
  readonly names: readonly string[];
  readonly loss: number;
  readonly gradient: readonly number[];
  readonly sum: readonly number[];
}

/** Within the adapter's stated accuracy; work of another's that was under way is done as well. */
function expectRight({ loss, gradient, sum }: OwnPrograms): void {
  const z = { data: Float64Array.of(2, 1, 0, 0, 3, 1), shape: [2, 3] };
  const expected = softmaxCrossEntropy([2, 0], z, { labelSmoothing: 0.1, gradient: true });
  expectAllClose([loss], [expected.loss], { rtol: 1e-5 });
  expectAllClose(gradient, expected.gradLogits.data, { atol: 1e-5 });
  expect(sum).toEqual([4, 7]);
}

function expectTraining({ loss, crossEntropy, accuracy, tensors }: Training): void {
  expect(loss.length).toBe(4);
  expect(loss.at(-1)).toBeLessThan(0.7 * loss[0]);
  expect(crossEntropy.at(-1)).toBeLessThan(0.6 * crossEntropy[0]);
  expect(accuracy.at(-1)).toBeGreaterThan(0.8);
  expect(tensors.at(-1)).toBe(tensors[1]);
}
