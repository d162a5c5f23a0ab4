import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ArgumentError } from "softlabel";
import { z } from "zod";
import type { Trial, TrialIngredients } from "../trials.ts";
import { writeAtomically } from "../write-atomically.ts";

/**
 * `queue.json` in an experiment's folder: what a worker must agree on before it takes a trial. It is believed, because
 * who can write here can write results too; a queue is not.
 */
export interface QueueFile {
  readonly schema: "softlabel.queue/1";
  /** Made once for each folder: a worker that reads it sees the folder in which the results are looked for. */
  readonly token: string;
  /** Where the data lies: the path that every trial's configuration holds. */
  readonly data: string | null;
  /** What decides the trials of each kind beside their configurations. */
  readonly ingredients: IngredientsByKind;
}

export type IngredientsByKind = Readonly<Partial<Record<Trial["kind"], TrialIngredients>>>;

const queueFileName = "queue.json";

/** Where `experiment` says what its workers must agree on; keeps the token that is there. */
export function writeQueueFile(experiment: string, agreed: Pick<QueueFile, "data" | "ingredients">): QueueFile {
  const path = join(experiment, queueFileName);
  mkdirSync(experiment, { recursive: true });
  const { token } = readQueueFile(experiment) ?? createTogether(path, agreed);
  const file = fileOf(token, agreed);
  writeAtomically(path, textOf(file));
  return file;
}

/**
 * `null` where there is none yet, or one that is being written.
 *
 * @throws {@link ArgumentError} when it is of another version of the laboratory.
 */
export function readQueueFile(experiment: string): QueueFile | null {
  const path = join(experiment, queueFileName);
  const text = textIn(path);
  if (text === null) return null;
  const read = schema.safeParse(text);
  if (read.success) return read.data;
  throw new ArgumentError(
    `${path} must be of this version of softlabel, got another's; give the experiment a new --out`,
  );
}

/** The queue of the experiment in one folder. */
export function queueNameOf({ token }: QueueFile): string {
  return `softlabel-${token.slice(0, 16)}`;
}

const ingredients = z.strictObject({ dataHash: z.string().nullable(), codeVersion: z.string() });

const schema: z.ZodType<QueueFile> = z.strictObject({
  schema: z.literal("softlabel.queue/1"),
  token: z.string().regex(/^[0-9a-f]{32}$/),
  data: z.string().nullable(),
  ingredients: z.partialRecord(z.enum(["train", "external", "craft", "attack"]), ingredients),
});

/** Of several that begin at once, one makes the file and the others read it. */
function createTogether(path: string, agreed: Pick<QueueFile, "data" | "ingredients">): Pick<QueueFile, "token"> {
  const file = fileOf(randomBytes(16).toString("hex"), agreed);
  try {
    writeFileSync(path, textOf(file), { flag: "wx" });
    return file;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const made = textIn(path);
    // Cut short by a killed process, or not whole yet: the next attempt reads it or replaces it.
    return made === null ? file : schema.parse(made);
  }
}

function fileOf(token: string, { data, ingredients }: Pick<QueueFile, "data" | "ingredients">): QueueFile {
  return { schema: "softlabel.queue/1", token, data, ingredients };
}

function textOf(file: QueueFile): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}

function textIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
