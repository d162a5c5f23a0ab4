import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../house/imports.ts";
import { asWritten, runExample } from "./run-example.ts";

const text = readFileSync(join(root, "docs/threads.md"), "utf8");

describe("docs/threads.md", () => {
  it("shows what its example gives", async () => {
    const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(text) ?? [];
    const shown = await runExample(code);
    expect(shown.length).toBe(1);
    for (const { values, written } of shown) {
      expect(values.map((value, i) => asWritten(value, written[i] ?? ""))).toEqual(written);
    }
  });

  it("shows the raw results", async () => {
    const script = new URL("../../bench/threads/table.js", import.meta.url).href;
    const { threadsTable }: { readonly threadsTable: (results: object) => string } = await import(
      /* @vite-ignore */ script
    );
    const results = JSON.parse(readFileSync(join(root, "bench/results/threads.json"), "utf8"));
    const table = /<!-- threads:table -->\n([\s\S]*?)<!-- end -->/.exec(text)?.[1]?.trim();
    expect(table).toBe(threadsTable(results));
    const { cores, cpu, node } = results.machine;
    expect(text).toContain(`on ${cores} cores of an ${cpu} with Node ${node.slice(1)}`.replaceAll(" ", " "));
  });

  it("states the limits that the code has", () => {
    const source = (file: string): string =>
      readFileSync(join(root, "packages/softlabel/src/kernels/threads", file), "utf8");
    expect(text).toContain("at\nleast 256,000 logits");
    expect(source("start-threads.ts")).toContain("leastLogits: 256_000,");
    expect(source("start-threads.ts")).toContain("chunkBytes: 2 ** 17,");
    expect(source("start-threads.ts")).toContain("patience: 60_000,");
    expect(source("start-threads.ts")).toContain("MOST_THREADS = 256;");
    expect(source("wait-for-threads.ts")).toContain("WATCH = 0.05;");
  });

  it("links only to files that exist", () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = ""]) => link);
    expect(links.length).toBeGreaterThan(2);
    expect(links.filter((link) => !existsSync(join(root, "docs", link)))).toEqual([]);
  });
});
