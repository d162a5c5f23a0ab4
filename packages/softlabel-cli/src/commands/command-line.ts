import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { type Output, RunFailure, UsageError } from "./console.ts";

/** A command as it is listed, before it is loaded. */
export interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Every command of the laboratory; each is loaded only when it is called, so that help does not wait for an engine. */
export const entries: readonly Entry[] = [
  {
    name: "compare",
    summary: "train without and with smoothing, same seeds, and say what it changed",
    load: async () => (await import("./compare.ts")).compareCommand(),
  },
  {
    name: "choose",
    summary: "which ε: a grid, refined around the best, chosen on validation data",
    load: async () => (await import("./choose.ts")).chooseCommand(),
  },
  {
    name: "adversarial",
    summary: "what smoothing does to robustness, and how much of it is hidden gradients",
    load: async () => (await import("./adversarial.ts")).adversarialCommand(),
  },
  {
    name: "worker",
    summary: "carry out trials of an experiment that machines share",
    load: async () => (await import("./worker.ts")).workerCommand(),
  },
  {
    name: "status",
    summary: "which trials of an experiment are done, running, waiting, failed",
    load: async () => (await import("./status.ts")).statusCommand(),
  },
  {
    name: "train",
    summary: "one training run: its predictions, its model, its history",
    load: async () => (await import("./train.ts")).trainCommand(),
  },
  {
    name: "evaluate",
    summary: "how far can the confidence of predictions be trusted, from a file of any framework",
    load: async () => (await import("./evaluate.ts")).evaluateCommand(),
  },
  {
    name: "apply",
    summary: "mend predictions by a calibrator that evaluate saved",
    load: async () => (await import("./apply.ts")).applyCommand(),
  },
  {
    name: "explain",
    summary: "the loss of one row of logits, term by term",
    load: async () => (await import("./explain.ts")).explainCommand(),
  },
];

/** What the help of the program itself shows. */
export const examples: string = `
Examples:
  softlabel compare                                            does smoothing help a small net on MNIST?
  softlabel compare --epsilon 0,0.05,0.1,0.2 --seeds 10        which ε helps most, over ten seeds
  softlabel compare --from runs/                               and my own model, whose predictions are there
  softlabel choose                                             which ε is right, and how sure is that?
  softlabel adversarial                                        and against images made to fool it?
  softlabel train --model mlp --epsilon 0.1 --out run          one run and its predictions
  softlabel evaluate predictions.npz                           how far can a model's confidence be trusted?
  softlabel explain --logits 2,1,0 --label 0 --epsilon 0.1     the loss of one row, term by term
`;

/**
 * Runs one command line.
 *
 * A user's mistake ends in one sentence on `stderr`, never in a stack trace; `SOFTLABEL_DEBUG=1` shows the trace.
 * @param words - what was typed after `softlabel`.
 * @returns the exit code: 0 on success, 1 when the run failed, 2 when what was typed is wrong.
 */
export async function runCommandLine(words: readonly string[], stderr: Output = process.stderr): Promise<number> {
  leaveQuietlyWhenNobodyReads();
  try {
    const program = await createProgram(words);
    await program.parseAsync(words, { from: "user" });
    // A command whose run failed without an exception has said so in process.exitCode.
    return typeof process.exitCode === "number" ? process.exitCode : 0;
  } catch (error) {
    return report(error, stderr);
  }
}

/** The program with the commands that `words` name loaded, and the names of the others. */
async function createProgram(words: readonly string[]): Promise<Command> {
  const program = new Command("softlabel")
    .description("Label smoothing: what it does to a loss, to a classifier, and to how far it can be trusted.")
    .version(version(), "-V, --version")
    .addHelpText("after", examples)
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  const operands = words.filter((word) => !word.startsWith("-")).slice(0, 2);
  for (const { name, summary, load } of entries) {
    const command = operands.includes(name) ? await load() : new Command(name);
    program.addCommand(command.summary(summary).copyInheritedSettings(program));
  }
  return program;
}

function version(): string {
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return manifest.version;
}

function report(error: unknown, stderr: Output): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  if (error instanceof CommanderError && error.code === "commander.help") return 2; // `softlabel` alone: help was shown
  stderr.write(`softlabel: ${sentence(error)}\n`);
  if (process.env.SOFTLABEL_DEBUG === "1" && error instanceof Error) stderr.write(`${error.stack}\n`);
  return isMistake(error) ? 2 : 1;
}

/** Whether what was typed is to blame. By name, because an engine in a bundle brings its own copy of ArgumentError. */
function isMistake(error: unknown): boolean {
  if (error instanceof CommanderError || error instanceof UsageError) return true;
  return error instanceof Error && error.name === "ArgumentError";
}

function sentence(error: unknown): string {
  if (error instanceof CommanderError) return commanderSentence(error);
  if (isMistake(error) || error instanceof RunFailure || isSystemError(error)) return (error as Error).message;
  const what = error instanceof Error ? error.message : String(error);
  return `unexpected failure: ${what} (SOFTLABEL_DEBUG=1 shows where)`;
}

/** `error: unknown option '--epsilom'\n(Did you mean --epsilon?)` in one line and without the prefix. */
function commanderSentence(error: CommanderError): string {
  const [what = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  if (suggestion !== undefined) return `${what}; ${suggestion.replace(/^\(D/, "d").replace(/\)$/, "")}`;
  return `${what.replace(/\.$/, "").replace(". Expected", "; expected")}; --help lists what there is`;
}

/** EACCES, ENOSPC, … say what failed and on which path. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

/** `softlabel … | head` closes the pipe: that is no failure. */
function leaveQuietlyWhenNobodyReads(): void {
  if (process.stdout.listeners("error").includes(onOutputError)) return;
  process.stdout.on("error", onOutputError);
}

function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
}
