import { ArgumentError } from "softlabel";
import { defaultNames, nameOfEpsilon, smoothingOf, type UnnamedArm } from "../../arms.ts";
import { canonicalJson } from "../../canonical-json.ts";
import type { ArmSettings } from "../../results.ts";
import { pathOf } from "./find-predictions.ts";
import { listed } from "./listed.ts";
import type { ToldRun } from "./tell-runs.ts";

/** An arm and its predictions by seed. */
export interface GivenArm extends ArmSettings {
  readonly runs: ReadonlyMap<number, ToldRun>;
}

/**
 * The arms that some runs are of, the base first, then by ε and name: whatever the order in which the runs were found.
 *
 * Runs are of one arm when they have one name, or, without names, the same settings.
 * @param base - the base's name; `null` where it is the arm with ε = 0.
 * @throws {@link ArgumentError} when an arm has two runs of one seed or two ε, when there is one arm alone, or when it is
 * not clear which one the base is.
 */
export function givenArms(runs: readonly ToldRun[], base: string | null): readonly GivenArm[] {
  const members = [...grouped(runs).values()].map((own) => ({ own, settings: oneSetting(own) }));
  const names = defaultNames(members.map(({ settings }) => settings));
  const arms = members
    .map(({ own, settings }, at) => {
      const name = own[0].name ?? names[at];
      return { name, ...settings, runs: bySeed(own, name) };
    })
    .sort((a, b) => a.epsilon - b.epsilon || (a.name < b.name ? -1 : 1));
  const first = baseOf(arms, base);
  return [first, ...arms.filter((arm) => arm !== first)];
}

function grouped(runs: readonly ToldRun[]): ReadonlyMap<string, readonly ToldRun[]> {
  const groups = new Map<string, ToldRun[]>();
  for (const run of runs) {
    // A name is not confused with settings: these are an object's text.
    const key = run.name === undefined ? canonicalJson(settingsOf(run)) : canonicalJson([run.name]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return groups;
}

function settingsOf({ epsilon, prior = "uniform", convention = "all-classes", parameters = {} }: ToldRun): UnnamedArm {
  return { epsilon, ...smoothingOf(epsilon, { prior, convention }), parameters };
}

function oneSetting(own: readonly ToldRun[]): UnnamedArm {
  const [first, ...others] = own;
  const settings = settingsOf(first);
  const other = others.find((run) => canonicalJson(settingsOf(run)) !== canonicalJson(settings));
  if (other === undefined) return settings;
  const what = other.epsilon === first.epsilon ? "settings" : `ε, ${first.epsilon} and ${other.epsilon},`;
  throw new ArgumentError(
    `arms must be one thing on all seeds, got ${first.name} with other ${what} in ${pathOf(first.found)} and ${pathOf(other.found)}`,
  );
}

function bySeed(own: readonly ToldRun[], name: string): ReadonlyMap<number, ToldRun> {
  const runs = new Map<number, ToldRun>();
  for (const run of own) {
    const same = runs.get(run.seed);
    if (same !== undefined) {
      const remedy = "tell their arms apart by --pattern with {name}, or by a name in a run.json";
      throw new ArgumentError(
        `arms must have one run of each seed, got two of ${name} with seed ${run.seed}: ${pathOf(same.found)} and ${pathOf(run.found)}; ${remedy}`,
      );
    }
    runs.set(run.seed, run);
  }
  return runs;
}

function baseOf(arms: readonly GivenArm[], base: string | null): GivenArm {
  if (arms.length < 2) {
    const [run] = arms[0].runs.values();
    throw new ArgumentError(`--from must hold two arms or more, got ${arms[0].name} alone, as in ${pathOf(run.found)}`);
  }
  if (base === null) {
    const plain = arms.filter(({ epsilon }) => epsilon === 0);
    if (plain.length === 1) return plain[0];
    const found = plain.length === 0 ? `none among ${quoted(arms)}` : `ε = 0 in ${quoted(plain)}`;
    throw new ArgumentError(`--from must hold one arm with ε = 0, got ${found}; --base names the arm to compare with`);
  }
  const named = arms.find(({ name }) => name === base) ?? arms.find(({ name }) => name === nameOfEpsilon(Number(base)));
  if (named !== undefined) return named;
  throw new ArgumentError(`--base must be one of ${quoted(arms)}, got "${base}"`);
}

/** Names may have commas in them. */
function quoted(arms: readonly GivenArm[]): string {
  return listed(arms.map(({ name }) => `"${name}"`));
}
