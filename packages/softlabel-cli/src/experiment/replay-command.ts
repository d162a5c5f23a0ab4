import { kebabCase } from "./kebab-case.ts";
import { type CompareOptions, compareDefaults } from "./options.ts";
import { writtenArms } from "./read-arms.ts";
import { builtInOptions, givenOptions, smoothingOptions, trainerOptions } from "./require-one-meaning.ts";

/**
 * The command that runs the same experiment again, with every option written out that has a say in it, so that it means
 * the same under other defaults.
 */
export function replayCommand(options: CompareOptions): string {
  const written = { ...options, arms: options.arms && writtenArms(options.arms) };
  return replayOf("compare", written, decidingOptions(options));
}

/** The options that decide an experiment's results, in the order in which they are written. */
function decidingOptions(options: CompareOptions): readonly (keyof CompareOptions)[] {
  const silent = new Set<keyof CompareOptions>(["jobs", "out"]);
  const leaveOut = (...names: readonly (keyof CompareOptions)[]): void => {
    for (const name of names) silent.add(name);
  };
  const isGiven = options.from.length > 0;
  if (isGiven || options.trainer !== null) leaveOut(...builtInOptions);
  if (isGiven || options.trainer === null) leaveOut("trainer", ...trainerOptions);
  if (isGiven || options.arms !== null) leaveOut(...smoothingOptions);
  if (isGiven) leaveOut("arms", "seeds");
  else leaveOut("from", ...givenOptions);
  return (Object.keys(compareDefaults) as (keyof CompareOptions)[]).filter((name) => !silent.has(name));
}

/**
 * {@link replayCommand} of any experiment.
 *
 * @param names - its options in the order in which they are written. Not written are `jobs` and `out`, which change no
 * result, switches that are off, empty lists and what is `null`, but for `trainSize`, which then means all.
 */
export function replayOf<Options extends object>(
  command: string,
  options: Options,
  names: readonly (keyof Options & string)[],
): string {
  const words = names
    .filter((name) => name !== "jobs" && name !== "out" && saysSomething(name, options[name]))
    .map((name) => `--${kebabCase(name)}${options[name] === true ? "" : ` ${argument(name, options[name])}`}`);
  return `npx softlabel ${command} ${words.join(" ")}`;
}

function saysSomething(name: string, value: unknown): boolean {
  if (value === null) return name === "trainSize";
  return value !== false && !(Array.isArray(value) && value.length === 0);
}

/** Options that take words one after the other; those of other lists stand in one, with commas between them. */
const variadic: readonly string[] = ["from"];

function argument(name: string, value: unknown): string {
  if (value === null) return "all";
  if (!Array.isArray(value)) return shellWord(String(value));
  if (variadic.includes(name)) return value.map((entry) => shellWord(String(entry))).join(" ");
  return shellWord(value.some((entry) => typeof entry === "object") ? JSON.stringify(value) : value.join(","));
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
  const { trainSize, arms } = options;
  const written = { ...options, trainSize: trainSize ?? "all", arms: arms && writtenArms(arms) };
  const deciding = decidingOptions(options)
    .map((name) => [name, written[name]] as const)
    .filter(([name, value]) => saysSomething(name, value));
  return `${JSON.stringify({ command: replayCommand(options), ...Object.fromEntries(deciding) }, null, 2)}\n`;
}

/** {@link resolvedConfigText} of any experiment. */
export function resolvedConfigOf<
  Options extends { readonly jobs: number; readonly out: string; readonly trainSize: number | null },
>(command: string, options: Options): string {
  const { jobs: _jobs, out: _out, trainSize, ...rest } = options;
  return `${JSON.stringify({ command, ...rest, trainSize: trainSize ?? "all" }, null, 2)}\n`;
}
