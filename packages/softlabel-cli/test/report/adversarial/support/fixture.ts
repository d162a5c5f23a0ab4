import { readFileSync } from "node:fs";
import type { AdversarialResults } from "../../../../src/experiment/adversarial/results.ts";

/** Results as they lie in a file; where they are from stands in `test/fixtures/results-adversarial.md`. */
export function adversarialFixture(): AdversarialResults {
  const file = new URL("../../../fixtures/results-adversarial.json", import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as AdversarialResults;
}
