import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Command } from "commander";
import { ArgumentError } from "softlabel";
import { loadRecalibrator, type Recalibrator } from "softlabel/calibration";
import { DataError, readingProblem } from "../data/data-error.ts";
import { formatNpz, type NpzArrays } from "../data/npz.ts";
import { readUnlabelled, type UnlabelledPredictions } from "../evaluation/read-unlabelled.ts";
import { writeAtomically } from "../experiment/write-atomically.ts";
import { makeFolder } from "../training/make-folder.ts";
import { type Output, printJson, UsageError } from "./console.ts";
import { parseChoice } from "./parse-options.ts";
import { requireFilePlace } from "./require-place.ts";

const examples = `
Examples:
  softlabel apply softlabel-evaluate/calibrator-temperature.json new.npz -o mended.npz
  softlabel apply calibrator-isotonic.json new.csv -o mended.npz

The file needs no labels; where it has some under that name, they are copied. The
output holds probabilities, or logits where a temperature was applied to logits.
`;

interface Flags {
  readonly out: string;
  readonly kind?: "logits" | "probabilities";
  readonly predictions?: string;
  readonly trustKind?: boolean;
  readonly inSample?: boolean;
  readonly json?: boolean;
}

/** `softlabel apply`: mends predictions of other rows by a saved calibrator. */
export function applyCommand(output: Output = process.stdout): Command {
  return new Command("apply")
    .description("Mend predictions by a calibrator that softlabel evaluate saved, and write them as .npz.")
    .argument("<calibrator>", "calibrator-METHOD.json")
    .argument("<file>", "predictions of other rows; - is standard input")
    .requiredOption("-o, --out <file>", "the .npz file to write")
    .option("--kind <kind>", "logits or probabilities, where names do not say it", parseChoice("kind", kinds))
    .option("--trust-kind", "take logits for logits though every row could pass for probabilities")
    .option("--predictions <name>", "the array of predictions, or the beginning of its columns and *")
    .option("--in-sample", "allow the rows that the calibrator was fitted on")
    .option("--json", "print one JSON document about what was written instead")
    .addHelpText("after", examples)
    .action(async (calibrator: string, file: string, { out, inSample = false, json = false, ...names }: Flags) => {
      if (!out.endsWith(".npz")) throw new UsageError(`--out must end in .npz, got "${out}"`);
      if (resolve(out) === resolve(file))
        throw new UsageError(`--out must be another file than the one read, got "${out}"`);
      requireFilePlace(out);
      const recalibrator = readRecalibrator(calibrator);
      const sets = await readUnlabelled(file, names);
      const arrays: NpzArrays = Object.assign({}, ...sets.map((set) => mended(recalibrator, set, file, inSample)));
      makeFolder(dirname(out));
      writeAtomically(out, formatNpz(arrays));
      const written = Object.entries(arrays).map(([name, { shape }]) => ({ name, shape }));
      const { method } = recalibrator;
      if (json) printJson({ schema: "softlabel.apply/1", method, out, arrays: written }, output);
      else
        output.write(
          `${out}: ${written.map(({ name, shape }) => `${name} [${shape.join(", ")}]`).join(", ")}, by ${method}\n`,
        );
    });
}

const kinds = ["logits", "probabilities"] as const;

function readRecalibrator(path: string): Recalibrator {
  try {
    return loadRecalibrator(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    if (error instanceof ArgumentError || error instanceof SyntaxError) {
      throw new DataError(`${path} must be a calibrator that softlabel evaluate saved, got one where ${error.message}`);
    }
    throw new DataError(`${path} cannot be read: ${readingProblem(error)}`);
  }
}

function mended(recalibrator: Recalibrator, set: UnlabelledPredictions, file: string, inSample: boolean): NpzArrays {
  const { split, labels } = set;
  try {
    const { data, shape, kind } = recalibrator.apply(set, { inSample });
    return { [`${split}${kind}`]: { data, shape }, ...(labels && { [`${split}labels`]: labels }) };
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    const isFittingRows = error.message.includes("got the same rows");
    const remedy =
      "the rows that the calibrator was fitted on, where it looks better than it is; --in-sample allows them";
    throw new DataError(isFittingRows ? `${file} must hold other rows, got ${remedy}` : `${file}: ${error.message}`);
  }
}
