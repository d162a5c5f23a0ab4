import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const script = new URL("../../../scripts/build-linear-kernels.js", import.meta.url);
const path = fileURLToPath(new URL("../../../src/kernels/linear/generated.ts", import.meta.url));

test("the compiled kernels are those of assembly/linear; npm run kernels -w softlabel renews them", async () => {
  const { generated } = (await import(script.href)) as { generated: () => Promise<string> };
  expect(readFileSync(path, "utf8")).toBe(await generated());
});

test("they cost a page less than 2 kB compressed", () => {
  expect(gzipSync(readFileSync(path)).length).toBeLessThan(2000);
});
