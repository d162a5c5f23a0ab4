import { Command } from "commander";
import type { Convention } from "softlabel";
import { createPaint, type Output, printJson, UsageError } from "./console.ts";
import { layOutExplanation } from "./explain-layout.ts";
import { explainRow, type Row } from "./explain-row.ts";
import { parseChoice, parseNumber, parseNumbers } from "./parse-options.ts";

const examples = `
Examples:
  softlabel explain --logits 2,1,0 --label 0 --epsilon 0.1
  softlabel explain --logits -1,2,0.5 --classes cat,dog,cow --label dog
  softlabel explain --logits 2,1,0 --label 0 --prior 0.7,0.2,0.1     a prior of your own
  softlabel explain --logits 2,1,-inf --label 0 --prior 0.5,0.5,0    a class that cannot occur
  softlabel explain --logits 2,1,0 --label 0 --json                  for a program
`;

const conventions = ["all-classes", "other-classes", "classy-vision"] as const satisfies readonly Convention[];

interface Options {
  readonly logits?: readonly number[];
  readonly label?: string;
  readonly epsilon: number;
  readonly prior?: readonly number[];
  readonly convention: Convention;
  readonly classes?: readonly string[];
  readonly json?: boolean;
}

/** `softlabel explain`: the loss of one row, term by term. */
export function explainCommand(output: Output = process.stdout): Command {
  return new Command("explain")
    .description(
      "Take the loss of one row apart: the model's p, the label q, the smoothed label q′, the two terms of the " +
        "loss, its floor H(q′), the gradient p − q′, and what TensorFlow computes.",
    )
    .option("--logits <list>", "the row's logits, one per class; -inf where a class cannot occur", logits)
    .option("--label <class>", "the true class: its index from 0, or its name out of --classes")
    .option("--epsilon <number>", "ε, how far the label is smoothed, from 0 to 1", epsilon, 0.1)
    .option("--prior <list>", "u, what the label is mixed with, one per class (default: uniform)", prior)
    .option("--convention <name>", `how ε becomes q′: ${conventions.join(", ")}`, convention, "all-classes")
    .option("--classes <list>", "names of the classes", (typed) => typed.split(",").map((name) => name.trim()))
    .option("--json", "print one JSON document instead")
    .addHelpText("after", examples)
    .action((options: Options) => {
      const row = readRow(options);
      const names = options.classes ?? row.logits.map((_, k) => String(k));
      const explanation = explainRow(row);
      if (options.json) printJson({ schema: "softlabel.explain/1", classes: names, ...row, ...explanation }, output);
      else output.write(layOutExplanation(row, explanation, names, createPaint(output)));
    });
}

const logits = parseNumbers("logits", { infinite: true });
const epsilon = parseNumber("epsilon", { atLeast: 0, atMost: 1 });
const prior = parseNumbers("prior", { atLeast: 0, atMost: 1 });
const convention = parseChoice("convention", conventions);

/** @throws {@link UsageError} when the options do not fit each other. */
function readRow(options: Options): Row {
  const { logits, label } = options;
  if (logits === undefined || label === undefined) {
    const missing = logits === undefined ? "--logits, one number per class" : "--label, the true class";
    throw new UsageError(`explain needs ${missing}: softlabel explain --logits 2,1,0 --label 0`);
  }
  if (logits.includes(Infinity)) throw new UsageError("--logits must be below inf, got inf; only -inf has a softmax");
  if (logits.every((z) => z === -Infinity)) throw new UsageError("--logits must hold a finite number, got -inf only");
  requireOnePerClass("prior", options.prior, logits.length);
  requireOnePerClass("classes", options.classes, logits.length);
  const sum = (options.prior ?? [1]).reduce((total, share) => total + share, 0);
  if (!(Math.abs(sum - 1) <= 1e-6)) {
    throw new UsageError(`--prior must sum to 1, got ${Number(sum.toPrecision(6))}; divide each number by the sum`);
  }
  return {
    logits,
    label: readLabel(label, logits.length, options.classes),
    labelSmoothing: options.epsilon,
    prior: options.prior ?? null,
    convention: options.convention,
  };
}

function requireOnePerClass(name: string, list: readonly unknown[] | undefined, classes: number): void {
  if (list === undefined || list.length === classes) return;
  throw new UsageError(`--${name} must have one entry for each of the ${classes} logits, got ${list.length}`);
}

function readLabel(typed: string, classes: number, names: readonly string[] = []): number {
  const named = names.indexOf(typed.trim());
  if (named >= 0) return named;
  const index = /^\d+$/.test(typed.trim()) ? Number(typed) : Number.NaN;
  if (index < classes) return index;
  const remedy = index === classes ? "; labels start at 0" : "";
  const choice = names.length > 0 ? ` or one of ${names.join(", ")}` : "";
  throw new UsageError(`--label must be an integer from 0 to ${classes - 1}${choice}, got "${typed}"${remedy}`);
}
