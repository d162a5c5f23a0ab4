import { join } from "node:path";
import { Command, Option } from "commander";
import { evaluateFiles } from "../evaluation/evaluate-files.ts";
import type { EvaluationResults } from "../evaluation/evaluation.ts";
import { evaluationDocument } from "../evaluation/evaluation-document.ts";
import { recalibrationMethods } from "../evaluation/recalibration-methods.ts";
import type { EvaluationRequest } from "../evaluation/request.ts";
import { terminalTable } from "../evaluation/terminal-table.ts";
import { createPaint, type Output } from "./console.ts";
import { type EvaluationFlags, parseMethods, presetNames, requestOf } from "./evaluation-options.ts";
import { parseChoice, parseNumber } from "./parse-options.ts";
import { createProgress } from "./progress.ts";
import { requireFolderPlace } from "./require-place.ts";
import { loadReport, writeEvaluation } from "./write-evaluation.ts";

const examples = `
Examples:
  softlabel evaluate predictions.npz                 how far can this model's confidence be trusted?
  softlabel evaluate test.parquet --fit validation.parquet --calibrate temperature,vector
                                                     what mends it, fitted on rows of their own
  softlabel evaluate plain.npz smoothed.npz          two models on the same rows
  softlabel evaluate logits.npy --kind logits --labels labels.npy
                                                     arrays in files of their own
  softlabel evaluate predictions.csv --label-smoothing 0.1
                                                     what the ε of the training explains
  softlabel evaluate predictions.npz --preset torchmetrics --json
                                                     another library's ECE, for a program

A file holds logits or probabilities [rows, classes] and labels [rows], as .npz,
.npy, Parquet, Arrow, safetensors, JSON or CSV; - is standard input. Without --fit, the
rows that the file calls val_… serve to fit; without those, each half of the rows
is mended by what the other half was fitted to. softlabel apply uses a saved
calibrator on other files.
`;

const defaultOut = "softlabel-evaluate";

interface Flags extends EvaluationFlags {
  readonly out?: string;
  readonly json?: boolean;
  readonly open?: boolean;
}

/** `softlabel evaluate`: how far can the confidence of predictions be trusted, and what would mend it? */
export function evaluateCommand(output: Output = process.stdout, notes: Output = process.stderr): Command {
  return new Command("evaluate")
    .description(
      "Judge predictions of any classifier: accuracy, calibration with intervals, what recalibration mends, " +
        "selective prediction, and a verdict in plain sentences.",
    )
    .argument("<file...>", "predictions with labels; several are compared with the first, row by row")
    .option("--kind <kind>", "logits or probabilities, where names do not say it", kind)
    .option("--trust-kind", "take logits for logits though every row could pass for probabilities")
    .option("--predictions <name>", "the array of predictions, or the beginning of its columns and *")
    .option("--labels <name>", "the array or column of true classes, or another file")
    .option("--first-label <n>", "the number of the first class (default: 0)", firstLabel)
    .option("--drop-invalid", "leave out rows that hold NaN or ∞")
    .addOption(
      new Option("--calibrate <list>", `recalibrators to try: ${recalibrationMethods.join(", ")}, or none`)
        .argParser(parseMethods)
        .default(["temperature"], "temperature"),
    )
    .option("--fit <file>", "rows to fit them on; once for each file", (path, list: string[] = []) => [...list, path])
    .option("--split <share>", "fit on this share of the rows and judge everything on the others", split)
    .option("--label-smoothing <epsilon>", "ε with which the model was trained", epsilon)
    .option("--bins <n>", "bins of the calibration error and the reliability diagram (default: 15)", bins)
    .option("--preset <name>", `the calibration error of ${presetNames.join(", ")}`, parseChoice("preset", presetNames))
    .option("--resamples <n>", "bootstrap resamples; 0 for no intervals", resamples, 1000)
    .option("--confidence-level <level>", "of the intervals", level, 0.95)
    .option("--seed <n>", "of splits and resamples", seed, 0)
    .option("--out <folder>", `where the report is written (default: ${defaultOut}; with --json nowhere)`)
    .option("--json", "print one JSON document on stdout and nothing else")
    .option("--open", "open the report when it is written")
    .addHelpText("after", examples)
    .action(async (files: readonly string[], flags: Flags) => {
      const { json = false, open: shouldOpen = false } = flags;
      const folder = flags.out ?? (json && !shouldOpen ? null : defaultOut);
      const request = requestOf(files, flags);
      if (folder !== null) requireFolderPlace(folder);
      const results = await evaluate(request, notes, folder === null ? async () => {} : loadReport);
      const report = folder === null ? null : await writeEvaluation(results, folder);
      if (json) output.write(`${JSON.stringify(evaluationDocument(results), null, 2)}\n`);
      else if (folder !== null) printSummary(results, folder, output);
      if (shouldOpen && report !== null) await (await import("open")).default(report);
    });
}

const kind = parseChoice("kind", ["logits", "probabilities"]);
const firstLabel = parseNumber("first-label", { integer: true });
const split = parseNumber("split", { above: 0, below: 1 });
const epsilon = parseNumber("label-smoothing", { atLeast: 0, atMost: 1 });
const bins = parseNumber("bins", { integer: true, atLeast: 1, atMost: 100_000 });
const resamples = parseNumber("resamples", { integer: true, atLeast: 0, atMost: 1_000_000 });
const level = parseNumber("confidence-level", { above: 0, below: 1 });
const seed = parseNumber("seed", { integer: true, atLeast: 0, below: 2 ** 32 });

async function evaluate(
  request: EvaluationRequest,
  notes: Output,
  meanwhile: () => Promise<unknown>,
): Promise<EvaluationResults> {
  const progress = createProgress(notes, { label: "evaluate", tellsWithinSteps: true });
  try {
    return await evaluateFiles(
      request,
      (done, total, text, isNotice) => (isNotice ? progress.note(text) : progress.update(done, total, text)),
      meanwhile,
    );
  } finally {
    progress.stop();
  }
}

function printSummary(results: EvaluationResults, folder: string, output: Output): void {
  const paint = createPaint(output);
  const [first, ...others] = results.verdict;
  output.write(`\n${[paint("bold", first), ...others].join("\n\n")}\n`);
  const width = output.isTTY && output.columns ? output.columns : Number.POSITIVE_INFINITY;
  output.write(`\n${terminalTable(results, width)}\n\nReport: ${join(folder, "report.html")}\n`);
}
