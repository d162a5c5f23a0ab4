import { join } from "node:path";
import type { WrittenOptions } from "../experiment/option-rules.ts";
import type { RunCard } from "../experiment/results.ts";
import { LeftToOthersError, resultsText } from "../experiment/run-experiment.ts";
import { createPaint, type Output, printJson, RunFailure } from "./console.ts";
import { type ExperimentToRun, runUnderProgress } from "./run-under-progress.ts";

/** What every command of an experiment takes beside the experiment's own options. */
export interface ExperimentFlags extends WrittenOptions {
  readonly config?: string;
  readonly json?: boolean | undefined;
  readonly open?: boolean | undefined;
}

/** What can be told of an experiment's results. */
interface Told {
  readonly verdict: readonly string[];
  readonly run: RunCard;
}

/** An experiment, and the table that its terminal shows below the verdict; empty for none. */
export interface ExperimentToTell<Results> extends ExperimentToRun<Results> {
  readonly summary: (results: Results, style: { readonly color: boolean }) => string | Promise<string>;
}

/**
 * Runs an experiment and tells what it found: `results.json` under `--json`, else the verdict, a table, the report. Of one
 * whose trials are partly left to others it tells that.
 *
 * @returns what was found; `null` where trials are left to others.
 * @throws RunFailure when trials of a share failed, and what {@link runUnderProgress} throws.
 */
export async function tellExperiment<Results extends Told>(
  experiment: ExperimentToTell<Results>,
  { json = false, open: shouldOpen = false }: Pick<ExperimentFlags, "json" | "open">,
  output: Output,
  notes: Output,
): Promise<Results | null> {
  const results = await runUnderProgress(experiment, notes).catch((error: unknown) => {
    if (!(error instanceof LeftToOthersError)) throw error;
    return error;
  });
  if (results instanceof LeftToOthersError) {
    const { message, finished, elsewhere, failed } = results;
    const ids = (trials: readonly { readonly id: string }[]): readonly string[] => trials.map(({ id }) => id);
    const lost = failed.map(({ trial }) => trial);
    if (json)
      printJson({ schema: "softlabel.share/1", finished, elsewhere: ids(elsewhere), failed: ids(lost) }, output);
    if (failed.length > 0) throw new RunFailure(message);
    if (!json) output.write(`${message}\n`);
    return null;
  }
  const report = join(experiment.out, "report.html");
  output.write(json ? resultsText(results) : await inWords(results, experiment, report, output));
  if (shouldOpen) await (await import("open")).default(report);
  return results;
}

async function inWords<Results extends Told>(
  results: Results,
  { summary }: ExperimentToTell<Results>,
  report: string,
  output: Output,
): Promise<string> {
  const paint = createPaint(output);
  const [first, ...others] = results.verdict;
  const table = await summary(results, { color: paint("bold", "") !== "" });
  // Not wrapped: the terminal does it, and a command in a sentence can be copied whole.
  return `\n${[paint("bold", first), ...others].join("\n\n")}\n${table === "" ? "" : `\n${table}\n`}\nReport: ${report}\n`;
}
