import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EvaluationResults } from "../evaluation/evaluation.ts";
import { isAlive, processIdentity } from "../experiment/process-identity.ts";
import { publishFolder } from "../experiment/publish-folder.ts";
import { temporaryWriter } from "../experiment/write-atomically.ts";
import { makeFolder } from "../training/make-folder.ts";
import { RunFailure } from "./console.ts";
import { interruptible } from "./interruptible.ts";

/**
 * Writes results.json, the report with its figures and tables, and each calibrator into a folder.
 *
 * All of it is written beside its place and then moved there: whoever stops it finds the folder as it was, and what a
 * process that was killed left unfinished is taken away by the next.
 *
 * @returns the path of the report.
 */
export async function writeEvaluation(results: EvaluationResults, folder: string): Promise<string> {
  const draft = join(folder, `.evaluation.${process.pid}.unfinished`);
  makeFolder(draft);
  sweepDrafts(folder);
  try {
    await interruptible(async (signal) => {
      for (const [name, content] of documents(results)) writeFileSync(join(draft, name), content);
      const { writeEvaluationReport } = await loadReport();
      await writeEvaluationReport(results, draft);
      if (signal.aborted) throw new RunFailure(`stopped; ${folder} is as it was`);
      publishFolder(draft, folder);
    });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return join(folder, "report.html");
}

/** Loads what draws the report, which takes a while. */
export function loadReport(): Promise<typeof import("../report/evaluation/write-evaluation-report.ts")> {
  return import("../report/evaluation/write-evaluation-report.ts");
}

function sweepDrafts(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = temporaryWriter(name);
    if (pid === null || isAlive({ ...processIdentity(), pid, started: null }) !== false) continue;
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Files of JSON by name. */
function documents({ arms, ...results }: EvaluationResults): readonly (readonly [name: string, content: string])[] {
  const calibrators = arms.flatMap(({ recalibrated }, at) =>
    Object.entries(recalibrated).map(([method, { document }]) => {
      const whose = arms.length > 1 ? `-${at + 1}` : "";
      return [`calibrator-${method}${whose}.json`, `${JSON.stringify(document, null, 2)}\n`] as const;
    }),
  );
  return [["results.json", `${JSON.stringify({ ...results, arms }, null, 2)}\n`], ...calibrators];
}
