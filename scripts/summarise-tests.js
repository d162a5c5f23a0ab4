// Prints the closing line of a run: what vitest's JSON report counted, and the other checks that failed.
//
//     node scripts/summarise-tests.js tests.json [NAME OF A FAILED CHECK]…
//
// Exits with 1 when anything failed.

import { existsSync, readFileSync } from "node:fs";

const [file, ...failedChecks] = process.argv.slice(2);
const report = existsSync(file)
  ? JSON.parse(readFileSync(file, "utf8"))
  : { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

// A file that does not load has no tests to count, and a run without a report has passed nothing.
const unloaded = report.testResults.filter(
  ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
);
const failedTests = report.numFailedTests + unloaded.length;
// The check named "tests" is these tests; it counts by itself only when it failed for another reason, as a wrong skip.
const counted = failedChecks.filter((name) => name !== "tests" || failedTests === 0);
const failed = failedTests + counted.length;
const skipped = report.numPendingTests + report.numTodoTests;

console.log(`${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || report.numPassedTests === 0 ? 1 : 0;
