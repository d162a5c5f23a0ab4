import { createHash } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { delimiter, extname, join, resolve } from "node:path";
import { ArgumentError } from "softlabel";
import { canonicalJson } from "../canonical-json.ts";
import { requireNoPlaceholders, requirePlaceholders } from "./placeholders.ts";
import { splitWords } from "./split-words.ts";
import type { Trainer, TrainerFile } from "./trainer.ts";
import { isFile, trainerFiles } from "./trainer-files.ts";

/** What is said about a trainer on the command line. */
export interface TypedTrainer {
  /** After `--trainer`: the path of a JavaScript module, or a command. */
  readonly typed: string;
  /** `--shell`: whether a shell reads the command. */
  readonly shell: boolean;
  /** `--trainer-files`: files and folders besides that decide what the trainer does. */
  readonly files: readonly string[];
  /** The names of the parameters that every arm has a value for. */
  readonly parameters: readonly string[];
}

/**
 * The trainer that was typed, ready to run: its program found, its placeholders known, its files hashed.
 *
 * A path that alone is a file ending in .mjs, .js or .cjs is a module; all else is a command. The hash is over the words,
 * in the order typed, and the contents of every word that names a file; the place of a module is not in it.
 * @throws {@link ArgumentError} when the command is empty, needs a shell, names no program that there is, or has unknown
 * placeholders; when a module is not there; when a file cannot be read.
 */
export function openTrainer({ typed, shell, files, parameters }: TypedTrainer): Trainer {
  const beside = trainerFiles(files, "--trainer-files");
  const alone = typed.trim();
  if (alone === "") throw new ArgumentError("--trainer must be a command or a JavaScript module, got nothing");
  if (isModule(alone)) {
    if (shell) throw new ArgumentError(`--shell must come with a command, got the module ${alone}; leave it out`);
    const [module] = trainerFiles([alone], "--trainer");
    const all = [module, ...beside];
    return { kind: "module", typed, path: resolve(alone), hash: hashOf([], all), files: all };
  }
  if (shell) {
    requireNoPlaceholders(typed, parameters);
    const all = [...trainerFiles(filesIn(typed.split(/[\s|&;<>()$`"'=]+/)), "--trainer"), ...beside];
    return { kind: "command", typed, words: [typed], shell, hash: hashOf([typed], all), files: all };
  }
  const words = splitWords(typed);
  if (words.length === 0) throw new ArgumentError(`--trainer must name a program, got ${JSON.stringify(typed)}`);
  requirePlaceholders(words, parameters);
  requireProgram(words[0]);
  // A program that is looked for on the path is no file of this folder, even where one has its name.
  const own = filesIn(isPath(words[0]) ? words : words.slice(1));
  const all = [...trainerFiles(own, "--trainer"), ...beside];
  return { kind: "command", typed, words, shell, hash: hashOf(words, all), files: all };
}

/** The path to a module, by its ending; said of one that is not there, too. */
function isModule(text: string): boolean {
  if (![".mjs", ".js", ".cjs"].includes(extname(text))) return false;
  if (isFile(text)) return true;
  if (/\s/.test(text)) return false;
  throw new ArgumentError(
    `--trainer must be a module that is there, got ${text}; a command needs its program before it`,
  );
}

function filesIn(words: readonly string[]): readonly string[] {
  return words.filter((word) => word !== "" && isFile(word));
}

function hashOf(words: readonly string[], files: readonly TrainerFile[]): string {
  return createHash("sha256")
    .update(canonicalJson({ words, files: files.map(({ hash }) => hash) }))
    .digest("hex");
}

function requireProgram(program: string): void {
  if (isPath(program)) {
    if (isRunnable(program)) return;
    const problem = isFile(program) ? "may not be run; make it executable or name its interpreter" : "does not exist";
    throw new ArgumentError(`--trainer must begin with a program, got ${program}, which ${problem}`);
  }
  const folders = (process.env.PATH ?? "").split(delimiter);
  const endings = process.platform === "win32" ? [".exe", ".com", ""] : [""];
  const isThere = (name: string): boolean =>
    folders.some((folder) => endings.some((ending) => isRunnable(join(folder, `${name}${ending}`))));
  if (isThere(program)) return;
  throw new ArgumentError(
    `--trainer must begin with a program on the path, got ${program}, which is not there${remedyFor(program, isThere)}`,
  );
}

function remedyFor(program: string, isThere: (name: string) => boolean): string {
  if (isFile(program)) return `; name its interpreter before it, or write ./${program}`;
  if (/^\w+=/.test(program)) return "; set a variable with env, as in env NAME=value program, or add --shell";
  return isThere(`${program}3`) ? `; did you mean ${program}3?` : "";
}

const isPath = (program: string): boolean => /[/\\]/.test(program);

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isFile(path);
  } catch {
    return false;
  }
}
