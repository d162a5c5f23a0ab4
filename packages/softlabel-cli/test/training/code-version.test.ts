import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { codeVersion, versions } from "../../src/training/code-version.ts";

it("the code's version is a SHA-256 that stays the same while the code does", () => {
  expect(codeVersion()).toMatch(/^[0-9a-f]{64}$/);
  expect(codeVersion()).toBe(codeVersion());
});

it("TensorFlow.js is the version that the package pins", () => {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(versions()["tensorflow.js"]).toBe(manifest.dependencies["@tensorflow/tfjs-core"]);
});
