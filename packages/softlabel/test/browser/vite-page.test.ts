import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missingParts, programOnPath } from "../../../../test/optional-parts/optional-parts.ts";
import { relaxedSimd, simd } from "../../src/kernels/generated/softmax-cross-entropy.ts";
import { buildPage, type Solved, solveInNode } from "./built-page.ts";
import { serveFolder } from "./serve-folder.ts";

const isolation = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** What a page did: its answers, the sizes of the WebAssembly modules it compiled, and all that went wrong. */
interface Visit {
  readonly solved: readonly Solved[];
  readonly modules: readonly number[];
  readonly isolated: boolean;
  readonly noise: readonly string[];
}

describe.skipIf(missingParts("[needs chromium]")?.length)("the built package in a Vite page [needs chromium]", () => {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-page-"));
  let site: string;
  let browser: Browser;

  beforeAll(async () => {
    ({ site } = await buildPage(folder, "page"));
    browser = await chromium.launch({ executablePath: programOnPath("chromium") as string, args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** @param before - Runs in the page ahead of the bundle. */
  async function visit(headers: Readonly<Record<string, string>>, before: string): Promise<Visit> {
    const { address, close } = await serveFolder(site, headers);
    const page = await browser.newPage();
    const noise: string[] = [];
    page.on("console", (message) => noise.push(message.text()));
    page.on("pageerror", (error) => noise.push(error.message));
    page.on("requestfailed", (request) => noise.push(request.url()));
    try {
      await page.addInitScript(`${countModules}; ${before}`);
      await page.goto(address);
      await page.waitForFunction("globalThis.solved !== undefined", undefined, { timeout: 10_000 }).catch(() => {});
      const told = "({ solved: globalThis.solved, modules: globalThis.modules, isolated: crossOriginIsolated })";
      return { ...(await page.evaluate<Omit<Visit, "noise">>(told)), noise };
    } finally {
      await page.close();
      await close();
    }
  }

  it.each([
    { where: "a cross-origin-isolated page", headers: isolation, isolated: true },
    { where: "an ordinary page", headers: {}, isolated: false },
  ])("computes in $where, with relaxed SIMD, bit for bit what Node computes with it", async ({ headers, isolated }) => {
    const visited = await visit(headers, "");
    expect(visited.noise).toEqual([]);
    expect(visited.isolated).toBe(isolated);
    // The kernel that has relaxed SIMD and no other: the two differ in size.
    expect(visited.modules).toEqual([relaxedSimd.length / 2]);
    expect(visited.solved).toEqual(solveInNode(folder, "relaxed"));
  });

  it("computes without relaxed SIMD bit for bit what Node computes with SIMD", async () => {
    const visited = await visit(
      {},
      `const { validate } = WebAssembly;
      WebAssembly.validate = (bytes) => bytes.length !== ${relaxedSimd.length / 2} && validate(bytes);`,
    );
    expect(visited.noise).toEqual([]);
    expect(visited.modules).toEqual([simd.length / 2]);
    expect(visited.solved).toEqual(solveInNode(folder, "simd"));
  });

  it("falls back to the core where the browser has no WebAssembly, and says nothing", async () => {
    const visited = await visit({}, "delete globalThis.WebAssembly");
    expect(visited.noise).toEqual([]);
    expect(visited.modules).toEqual([]);
    expect(visited.solved).toEqual(solveInNode(folder, "none"));
  });

  it("falls back to the core where the page's policy forbids WebAssembly", async () => {
    const visited = await visit({ "content-security-policy": "script-src 'self'" }, "");
    expect(visited.solved).toEqual(solveInNode(folder, "none"));
  });

  it("gives through the kernel what the core gives, to 1e-6", () => {
    // The kernels' stated accuracy, losses against max(1, |loss|); gradients against the largest of the call, since
    // no row's is larger than the call's.
    const exact = solveInNode(folder, "none");
    for (const kind of ["simd", "relaxed"] as const) {
      const solved = solveInNode(folder, kind);
      expect(solved.map(({ name }) => name)).toEqual(exact.map(({ name }) => name));
      expect(solved).not.toEqual(exact);
      for (const [i, { name, losses, gradient }] of exact.entries()) {
        const worst = (a: readonly number[], b: readonly number[] = []) =>
          a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b[at] ?? Number.NaN))), 0);
        const size = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const largest = losses.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
        expect(worst(losses, solved[i]?.losses), `losses of ${name}`).toBeLessThan(1e-6 * largest);
        expect(worst(gradient, solved[i]?.gradient), `gradient of ${name}`).toBeLessThan(1e-6 * size);
      }
    }
  });
});

const countModules = `globalThis.modules = [];
  WebAssembly.Module = class extends WebAssembly.Module {
    constructor(bytes) { super(bytes); modules.push(bytes.byteLength); }
  }`;
