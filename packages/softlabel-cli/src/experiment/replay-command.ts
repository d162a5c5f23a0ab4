import { kebabCase } from "./kebab-case.ts";
import { type CompareOptions, compareDefaults } from "./options.ts";

/** Neither changes a result: a replay chooses its own. */
type Place = "jobs" | "out";

/**
 * The command that runs the same experiment again, with every option written out, so that it means the same under
 * other defaults.
 */
export function replayCommand(options: CompareOptions): string {
  const words = (Object.keys(compareDefaults) as (keyof CompareOptions)[])
    .filter((name): name is Exclude<keyof CompareOptions, Place> => name !== "jobs" && name !== "out")
    .filter((name) => options[name] !== null || name === "trainSize")
    .map((name) => `--${kebabCase(name)} ${shellWord(argument(options[name]))}`);
  return `npx softlabel compare ${words.join(" ")}`;
}

function argument(value: CompareOptions[keyof CompareOptions]): string {
  if (value === null) return "all";
  return Array.isArray(value) ? value.join(",") : String(value);
}

/** Bare where no shell reads anything into it, in single quotes elsewhere. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * `config.resolved.json`: every option that decides a result, as `--config` reads it, under the command that says the
 * same.
 */
export function resolvedConfigText(options: CompareOptions): string {
  const { jobs: _jobs, out: _out, trainSize, ...rest } = options;
  return `${JSON.stringify({ command: replayCommand(options), ...rest, trainSize: trainSize ?? "all" }, null, 2)}\n`;
}
