import { ArgumentError } from "softlabel";
import { parse as parseYaml, YAMLParseError } from "yaml";
import { defaultNames, smoothingOf, type UnnamedArm } from "./arms.ts";
import { armRules, checkArm, trainingParameters } from "./arms-schema.ts";
import { canonicalJson } from "./canonical-json.ts";
import { firstLine, readText } from "./config-file.ts";
import { readPrior } from "./read-prior.ts";
import type { ArmSettings } from "./results.ts";
import type { ArmParameters } from "./trials.ts";

/** An arm as it was written, each setting checked. */
interface WrittenArm {
  readonly name?: string;
  readonly epsilon?: number;
  readonly prior?: string | readonly number[];
  readonly convention?: ArmSettings["convention"];
  readonly base?: boolean;
  readonly parameters?: ArmParameters;
}

/**
 * The arms that a list says, the base first, then in the order of the list.
 *
 * The base is the one with `base: true`; without it, the only one with ε = 0. ε is 0 where an arm does not say it.
 * @param written - the name of a JSON or YAML file, the text of such a list, which begins with `[`, or the list.
 * @param told - who is told: the laboratory's own training has parameters of its own, a trainer any.
 * @throws {@link ArgumentError} naming the arm and the setting, `arms[1].epsilon must be …`.
 */
export function readArms(written: string | readonly unknown[], told: "built-in" | "trainer"): readonly ArmSettings[] {
  const { list, source } = typeof written === "string" ? parse(written) : { list: written, source: null };
  const place = source === null ? "" : ` in ${source}`;
  if (!Array.isArray(list)) {
    throw new ArgumentError(`arms must be a list of arms, got ${firstLine(JSON.stringify(list))}${place}`);
  }
  if (list.length < 2) throw new ArgumentError(`arms must be two or more, got ${list.length}${place}`);
  const rules = armRules(told === "built-in" ? trainingParameters() : null);
  const arms = list.map((arm, at) => checkArm(arm, `arms[${at}]`, rules, place) as WrittenArm);
  const settings = named(
    arms,
    arms.map((arm) => settingsOf(arm, told)),
  );
  requireDifferent(settings, place);
  const base = baseOf(arms, place);
  return [settings[base], ...settings.filter((_, at) => at !== base)];
}

/** {@link ArmSettings} as {@link readArms} reads them. */
export function writtenArms(arms: readonly ArmSettings[]): readonly object[] {
  return arms.map(({ name, epsilon, prior, convention, parameters }, at) => ({
    name,
    epsilon,
    ...(prior === "uniform" ? {} : { prior }),
    ...(convention === "all-classes" ? {} : { convention }),
    ...(at === 0 ? { base: true } : {}),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
  }));
}

function parse(written: string): { readonly list: unknown; readonly source: string | null } {
  const isText = written.trimStart().startsWith("[");
  try {
    return isText
      ? { list: parseYaml(written), source: null }
      : { list: parseYaml(readText(written, "--arms")), source: written };
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const name = isText ? "text" : written;
    throw new ArgumentError(`--arms must be JSON or YAML, got ${name} with ${firstLine(error.message)}`);
  }
}

/** At ε = 0 the laboratory's own training has no use for prior and convention; what a trainer does is its own matter. */
function settingsOf(arm: WrittenArm, told: "built-in" | "trainer"): UnnamedArm {
  const { epsilon = 0, convention = "all-classes", parameters = {} } = arm;
  const prior = readPrior(arm.prior ?? "uniform");
  const smoothing = told === "built-in" ? smoothingOf(epsilon, { prior, convention }) : { prior, convention };
  return { epsilon, ...smoothing, parameters };
}

function named(written: readonly WrittenArm[], settings: readonly UnnamedArm[]): readonly ArmSettings[] {
  const names = defaultNames(settings);
  return settings.map((arm, at) => ({ name: written[at].name ?? names[at], ...arm }));
}

/** @throws {@link ArgumentError} when two arms have one name, or are the same but for the name. */
function requireDifferent(arms: readonly ArmSettings[], place: string): void {
  const seen = new Map<string, number>();
  for (const [at, { name, ...settings }] of arms.entries()) {
    const same = seen.get(canonicalJson(settings));
    if (same !== undefined) {
      throw new ArgumentError(
        `arms must differ in more than their names, got arms[${same}] and arms[${at}] with the same settings${place}`,
      );
    }
    seen.set(canonicalJson(settings), at);
  }
  const twice = arms.findIndex(({ name }, at) => arms.findIndex((arm) => arm.name === name) < at);
  if (twice < 0) return;
  const first = arms.findIndex(({ name }) => name === arms[twice].name);
  throw new ArgumentError(
    `arms must have a name each, got ${arms[twice].name} for arms[${first}] and arms[${twice}]${place}; give them a name`,
  );
}

function baseOf(arms: readonly WrittenArm[], place: string): number {
  const indices = [...arms.keys()];
  const marked = indices.filter((at) => arms[at].base === true);
  if (marked.length === 1) return marked[0];
  const list = (which: readonly number[]): string => which.map((at) => `arms[${at}]`).join(" and ");
  if (marked.length > 1) {
    throw new ArgumentError(`arms must have one base, got base: true in ${list(marked)}${place}`);
  }
  const plain = indices.filter((at) => (arms[at].epsilon ?? 0) === 0);
  if (plain.length === 1) return plain[0];
  const found = plain.length === 0 ? "none with ε = 0" : `ε = 0 in ${list(plain)}`;
  throw new ArgumentError(`arms must have one base, got ${found}${place}; write base: true in one of them`);
}
