import { kebabCase } from "./kebab-case.ts";
import { type CompareOptions, compareDefaults } from "./options.ts";

/**
 * The command that runs the same experiment again, with every option written out, so that it means the same under
 * other defaults.
 */
export function replayCommand(options: CompareOptions): string {
  return replayOf("compare", options, Object.keys(compareDefaults) as (keyof CompareOptions)[]);
}

/**
 * {@link replayCommand} of any experiment.
 *
 * @param names - its options in the order in which they are written. Not written are `jobs` and `out`, which change no
 * result, switches that are off and what is `null`, but for `trainSize`, which then means all.
 */
export function replayOf<Options extends object>(
  command: string,
  options: Options,
  names: readonly (keyof Options & string)[],
): string {
  const words = names
    .filter((name) => name !== "jobs" && name !== "out" && options[name] !== false)
    .filter((name) => options[name] !== null || name === "trainSize")
    .map((name) => `--${kebabCase(name)}${options[name] === true ? "" : ` ${shellWord(argument(options[name]))}`}`);
  return `npx softlabel ${command} ${words.join(" ")}`;
}

function argument(value: unknown): string {
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
  return resolvedConfigOf(replayCommand(options), options);
}

/** {@link resolvedConfigText} of any experiment. */
export function resolvedConfigOf<
  Options extends { readonly jobs: number; readonly out: string; readonly trainSize: number | null },
>(command: string, options: Options): string {
  const { jobs: _jobs, out: _out, trainSize, ...rest } = options;
  return `${JSON.stringify({ command, ...rest, trainSize: trainSize ?? "all" }, null, 2)}\n`;
}
