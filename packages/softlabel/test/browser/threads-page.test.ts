import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missingParts, programOnPath } from "../../../../test/optional-parts/optional-parts.ts";
import { buildPage } from "./built-page.ts";
import { serveFolder } from "./serve-folder.ts";

const isolation = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** What the page told, how many workers there were meanwhile, and all that went wrong. */
interface Visit {
  readonly told: unknown;
  readonly workers: number;
  readonly noise: readonly string[];
}

describe.skipIf(missingParts("[needs chromium]")?.length)("threads in a Vite page [needs chromium]", () => {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-threads-page-"));
  let site: string;
  let browser: Browser;

  beforeAll(async () => {
    ({ site } = await buildPage(folder, "threads-page"));
    browser = await chromium.launch({ executablePath: programOnPath("chromium") as string, args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function visit(headers: Readonly<Record<string, string>>): Promise<Visit> {
    const { address, close } = await serveFolder(site, headers);
    const page = await browser.newPage();
    const noise: string[] = [];
    const workers: Promise<unknown>[] = [];
    page.on("worker", (worker) => workers.push(worker.waitForEvent("close")));
    page.on("console", (message) => noise.push(message.text()));
    page.on("pageerror", (error) => noise.push(error.message));
    page.on("requestfailed", (request) => noise.push(request.url()));
    try {
      await page.goto(address);
      await page.waitForFunction("globalThis.told !== undefined", undefined, { timeout: 20_000 }).catch(() => {});
      const told = await page.evaluate("globalThis.told");
      // The page has disposed of its threads.
      await Promise.all(workers);
      return { told, workers: workers.length, noise };
    } finally {
      await page.close();
      await close();
    }
  }

  const told = (threads: number): object => ({
    threads,
    calls: 20,
    sameCopied: 20,
    sameAllocated: 20,
    loss: expect.any(Number),
  });

  it("are two where the page is cross-origin isolated, and give bit for bit what one gives", async () => {
    expect(await visit(isolation)).toEqual({ told: told(2), workers: 1, noise: [] });
  });

  it("are one, without an error, where the page is not isolated", async () => {
    expect(await visit({})).toEqual({ told: told(1), workers: 0, noise: [] });
  });

  it("are one where the page's policy forbids workers from blob:", async () => {
    const policy = { "content-security-policy": "script-src 'self' 'wasm-unsafe-eval'" };
    // The browser itself says that it has refused.
    expect((await visit({ ...isolation, ...policy })).told).toEqual(told(1));
  });

  it("are two where it allows them", async () => {
    const policy = { "content-security-policy": "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:" };
    expect(await visit({ ...isolation, ...policy })).toEqual({ told: told(2), workers: 1, noise: [] });
  });
});
