import type { Missing } from "../experiment/results.ts";
import { RunFailure } from "./console.ts";

/**
 * For an experiment whose report is written: trials that failed make it a failed run, though much can be told.
 *
 * @throws {@link RunFailure} naming the first of them.
 */
export function requireNothingMissing(missing: readonly Missing[]): void {
  if (missing.length === 0) return;
  const named = missing.slice(0, mostNamed).map(({ arm, seed }) => `${arm} with seed ${seed}`);
  const more = missing.length > mostNamed ? `, and ${missing.length - mostNamed} more` : "";
  const remedy = "finished trials are kept, and the same command tries those again that failed";
  throw new RunFailure(`the report lacks trials without a result: ${named.join(", ")}${more}; ${remedy}`);
}

const mostNamed = 5;
