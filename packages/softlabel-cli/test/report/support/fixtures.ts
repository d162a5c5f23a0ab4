import { readFileSync } from "node:fs";
import type { Results } from "../../../src/experiment/results.ts";
import { verdict } from "../../../src/experiment/verdict.ts";

/** A real experiment under today's verdict; how its numbers were made stands in `test/fixtures/results-lenet5.md`. */
export function lenet5Results(): Results {
  const file = new URL("../../fixtures/results-lenet5.json", import.meta.url);
  const results = JSON.parse(readFileSync(file, "utf8")) as Results;
  return { ...results, verdict: verdict(results) };
}
