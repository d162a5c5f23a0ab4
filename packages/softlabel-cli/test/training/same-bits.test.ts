import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { temporaryFolder, tinyConfig, writeTinyDataset } from "./support/tiny-dataset.ts";

const script = fileURLToPath(new URL("./support/train-process.js", import.meta.url));
// Behind a flag until Node 22, which has it in any case.
const [major = 0] = process.versions.node.split(".").map(Number);
const relaxedSimd = major < 22 ? ["--experimental-wasm-relaxed-simd"] : [];

it("a run ends in the same bits on an engine that has relaxed SIMD and on one that has not", () => {
  const config = JSON.stringify(tinyConfig(writeTinyDataset(temporaryFolder())));
  const runs = [[], relaxedSimd].map((flags) => {
    const folder = temporaryFolder();
    execFileSync(process.execPath, [...flags, script, config, folder], { stdio: "inherit" });
    return ["weights.bin", "history.jsonl"].map((name) => readFileSync(join(folder, name), "base64"));
  });
  expect(runs[1]).toEqual(runs[0]);
});
