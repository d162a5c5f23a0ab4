import { nameInWords, tidied } from "./arm-naming.ts";
import type { Experiment, Missing } from "./results.ts";
import { counted, inWords, listed } from "./verdict-wording.ts";

/** More trials than this are counted arm by arm, with the first reason of each. */
const mostTrials = 3;
/** More arms, and more seeds, than these are counted. */
const mostArms = 3;
const mostSeedsListed = 8;
/** A reason's first line is cut here; the report shows the whole. */
const longestReason = 140;

/** As much of an experiment's results as says what is missing of them. */
export interface Incomplete {
  readonly arms: readonly { readonly name: string }[];
  readonly missing: readonly Missing[];
  readonly experiment: Pick<Experiment, "seeds">;
}

/** What was to be compared and cannot be: an arm without any result first, then trials of the arms that are compared. */
export function missingResults(evidence: Incomplete): string[] {
  return [...armsLeftOut(evidence), ...trialsMissing(evidence)];
}

/** Names of the arms that have no result on any seed, which are therefore not among the results' arms. */
export function namesLeftOut({ arms, missing }: Pick<Incomplete, "arms" | "missing">): readonly string[] {
  const compared = new Set(arms.map(({ name }) => name));
  return [...new Set(missing.map(({ arm }) => arm))].filter((name) => !compared.has(name));
}

/** Every seed of the experiment: those that are compared and those that some arm lacks, ascending. */
export function everySeed({ experiment, missing }: Pick<Incomplete, "experiment" | "missing">): readonly number[] {
  return [...new Set([...experiment.seeds, ...missing.map(({ seed }) => seed)])].sort((a, b) => a - b);
}

/** A reason's first line, without its full stop, and without a last clause that leads over to the lines below. */
export function firstLine(reason: string): string {
  const line = tidied(reason.trim().split(/\r?\n/)[0] ?? "").replace(/; [^;]*:$|[.:]$/, "");
  const letters = [...line];
  return letters.length > longestReason
    ? `${letters
        .slice(0, longestReason - 1)
        .join("")
        .trimEnd()}…`
    : line;
}

function armsLeftOut(evidence: Incomplete): string[] {
  const names = namesLeftOut(evidence);
  if (names.length === 0) return [];
  const reasons = names.map((name) => {
    const { seed, reason } = evidence.missing.find(({ arm }) => arm === name) as Missing;
    return `seed ${seed}: ${firstLine(reason)}`;
  });
  const told =
    names.length > mostArms
      ? `${listed(names.map(nameInWords))} (the first, ${reasons[0]})`
      : inWords(names.map((name, i) => `${nameInWords(name)} (${reasons[i]})`));
  return [`Left out, having no result on any seed: ${told}.`];
}

function trialsMissing(evidence: Incomplete): string[] {
  const { arms, missing, experiment } = evidence;
  const leftOut = namesLeftOut(evidence);
  const absent = missing.filter(({ arm }) => !leftOut.includes(arm));
  if (absent.length === 0) return [];
  const planned = everySeed(evidence).length * arms.length;
  const told = absent.length > mostTrials ? armByArm(absent) : inWords(absent.map(withReason));
  const seeds = everySeed(evidence).filter((seed) => !experiment.seeds.includes(seed));
  const count = `${absent.length} of ${counted(planned, "trial")} ${absent.length === 1 ? "has" : "have"} no result`;
  return [`${count}: ${told}. ${seedsNowhere(seeds)}`];
}

function withReason({ arm, seed, reason }: Missing): string {
  return `${nameInWords(arm)} with seed ${seed} (${firstLine(reason)})`;
}

function armByArm(absent: readonly Missing[]): string {
  const names = [...new Set(absent.map(({ arm }) => arm))];
  const parts = names.slice(0, mostArms).map((name) => {
    const own = absent.filter(({ arm }) => arm === name);
    const { seed, reason } = own[0] as Missing;
    return `${own.length} of ${nameInWords(name)} (seed ${seed}: ${firstLine(reason)})`;
  });
  const others = names.length - parts.length;
  return inWords(others === 0 ? parts : [...parts, `those of ${counted(others, "more arm")}`]);
}

function seedsNowhere(seeds: readonly number[]): string {
  if (seeds.length > mostSeedsListed) return `${counted(seeds.length, "seed")} are compared nowhere.`;
  return seeds.length === 1
    ? `Seed ${seeds[0]} is compared nowhere.`
    : `Seeds ${inWords(seeds.map(String))} are compared nowhere.`;
}
