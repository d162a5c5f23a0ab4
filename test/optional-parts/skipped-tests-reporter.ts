import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";
import { missingParts, optionalParts } from "./optional-parts.ts";

/**
 * Says of every skipped test what this machine lacks, and fails the run when a test was skipped that lacks nothing.
 *
 * A test names what it needs in its title, `[needs torch]`, or in the note of `context.skip`.
 */
class SkippedTestsReporter implements Reporter {
  private filtered = false;

  onInit(vitest: Vitest): void {
    // With -t, tests are skipped because someone asked for others.
    this.filtered = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    if (this.filtered) return;
    const skipped = modules.flatMap((module) => [...module.children.allTests("skipped")]);
    const judged = skipped.map((test) => judge(test));
    for (const { line } of judged) console.log(line);
    if (judged.some(({ excused }) => !excused)) process.exitCode = 1;
  }
}

function judge(test: TestCase): { readonly line: string; readonly excused: boolean } {
  const result = test.result();
  const title = `${test.module.relativeModuleId} > ${test.fullName}`;
  const missing = missingParts(`${test.fullName} ${("note" in result && result.note) || ""}`);
  if (missing === null) return { line: `FAILED: skipped without naming what it needs: ${title}`, excused: false };
  if (missing.length === 0) return { line: `FAILED: skipped though nothing is missing: ${title}`, excused: false };
  const reasons = missing.map((name) => `${name} is missing (${optionalParts[name]?.remedy ?? "unknown part"})`);
  return {
    line: `skipped: ${title}: ${reasons.join(", ")}`,
    excused: optionalParts[missing[0] as string] !== undefined,
  };
}

// vitest takes a reporter by path from its default export alone.
export default SkippedTestsReporter;
