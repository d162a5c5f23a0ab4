import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { ArgumentError } from "softlabel";
import type { Trainer } from "./trainer.ts";

/** What is said about a trainer on the command line. */
export interface TypedTrainer {
  readonly typed: string;
  readonly shell: boolean;
  readonly files: readonly string[];
  /** The names of the parameters that every arm has a value for. */
  readonly parameters: readonly string[];
}

/** @throws {@link ArgumentError} when nothing was typed. */
export function openTrainer({ typed, shell, files }: TypedTrainer): Trainer {
  if (typed.trim() === "") throw new ArgumentError("--trainer must be a command or a JavaScript module, got nothing");
  const hash = createHash("sha256").update(typed);
  for (const file of files) hash.update(readFileSync(file));
  const words = shell ? [typed] : typed.trim().split(/\s+/);
  return { kind: "command", typed, words, shell, hash: hash.digest("hex") };
}
