import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";
import { DataError } from "../../../data/data-error.ts";
import { armName } from "../../arms-schema.ts";
import { choice, integer, pathName, showWritten, unit } from "../../option-rules.ts";
import { conventions, prior } from "../../options-schema.ts";
import { readPrior } from "../../read-prior.ts";
import type { Told } from "./told.ts";

/**
 * What files say of some predictions: `run.json` beside them or in a folder above, the nearest first, and what the
 * laboratory leaves with its own runs.
 *
 * @param folder - where the predictions are, at `root` or below.
 * @throws {@link DataError} for a `run.json` that cannot be read or says what cannot be.
 */
export function readRunRecord(folder: string, root: string): Told {
  const folders = [root];
  for (const name of relative(root, folder).split(/[/\\]/).filter(Boolean)) {
    folders.push(join(folders[folders.length - 1], name));
  }
  return Object.assign({}, readLaboratoryRecord(folder), ...folders.map(readOwnRecord));
}

const rules = z.object({
  name: armName().optional(),
  epsilon: unit().optional(),
  seed: integer(0).optional(),
  prior: prior().optional(),
  convention: choice(...conventions).optional(),
  parameters: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()], "a number, a word, or true or false"))
    .optional(),
});

function readOwnRecord(folder: string): Told {
  const path = join(folder, "run.json");
  if (!existsSync(path)) return {};
  const content = parse(path);
  if (content === null) throw new DataError(`${path} must hold settings of a run by name, in JSON`);
  const read = rules.safeParse(content);
  if (!read.success) {
    const { path: keys, message } = read.error.issues[0];
    const value = keys.reduce<unknown>((inside, key) => (inside as Record<PropertyKey, unknown>)[key], content);
    throw new DataError(`${pathName(keys)} must be ${message}, got ${showWritten(value)} in ${path}`);
  }
  const told = read.data as Told;
  return told.prior === undefined ? told : { ...told, prior: readPrior(told.prior) };
}

/** `trial.json` of an experiment's trial, or `config.json` of `softlabel train`; others may have files of these names. */
function readLaboratoryRecord(folder: string): Told {
  const trial = parse(join(folder, "trial.json"))?.trial as { readonly config?: unknown } | undefined;
  const config = trial?.config ?? parse(join(folder, "config.json"))?.config;
  const read = laboratoryRules.safeParse(config);
  if (!read.success) return {};
  const { labelSmoothing, ...told } = read.data as Told & { readonly labelSmoothing: number };
  return { ...told, epsilon: labelSmoothing };
}

const laboratoryRules = z.object({
  labelSmoothing: unit(),
  seed: z.number().int(),
  prior: prior(),
  convention: choice(...conventions),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});

/** `null` where there is no such file, or it holds no names. */
function parse(path: string): Readonly<Record<string, unknown>> | null {
  try {
    const content: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof content === "object" && content !== null && !Array.isArray(content)
      ? (content as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}
