import { readFileSync } from "node:fs";
import { ArgumentError } from "softlabel";
import { parse as parseYaml, YAMLParseError } from "yaml";
import type { WrittenOptions } from "./option-rules.ts";

/** Where the options of one experiment come from. */
export interface OptionSources {
  /** From the command line; they win over the file's. */
  readonly flags: WrittenOptions;
  /** A JSON or YAML file of options. */
  readonly configFile?: string | undefined;
  /** The names of the models there are. */
  readonly models: readonly string[];
}

/**
 * The options that a JSON or YAML file holds, none checked yet.
 *
 * @throws {@link ArgumentError} in one readable sentence when it cannot be read or does not hold options by name.
 */
export function readConfigFile(path: string): WrittenOptions {
  const text = readText(path, "--config");
  let content: unknown;
  try {
    content = parseYaml(text); // JSON is YAML
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new ArgumentError(`--config must be JSON or YAML, got ${path} with ${firstLine(error.message)}`);
  }
  if (content === null) return {};
  if (typeof content !== "object" || Array.isArray(content)) {
    throw new ArgumentError(`--config must hold options by name, got ${firstLine(JSON.stringify(content))} in ${path}`);
  }
  return content as WrittenOptions;
}

/** @throws {@link ArgumentError} naming `option` when there is no such file, or it cannot be read. */
export function readText(path: string, option: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`;
    throw new ArgumentError(`${option} must name a readable file, got ${path}: ${reason}`);
  }
}

/** As much of a message as a sentence can hold. */
export function firstLine(text: string): string {
  return (text.split("\n")[0] ?? "").replace(/[:.]$/, "").slice(0, 120);
}
