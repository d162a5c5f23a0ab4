import { dirname, relative, resolve, sep } from "node:path";
import { ArgumentError } from "softlabel";
import { predictionsName } from "../../read-trial.ts";
import { type FoundPredictions, findPredictions, pathOf } from "./find-predictions.ts";
import { listed } from "./listed.ts";
import { placePattern } from "./place-pattern.ts";
import { readEpsilon, readPlace } from "./read-place.ts";
import { readRunRecord } from "./run-record.ts";
import type { Told } from "./told.ts";

/** Predictions of which it is known which arm and seed they are of. */
export interface ToldRun extends Told {
  readonly epsilon: number;
  readonly seed: number;
  readonly found: FoundPredictions;
}

/**
 * Finds predictions, and tells of each what run they are of.
 *
 * What `pattern` reads in a path comes first, then what a `run.json` says, then what the laboratory left beside its own
 * runs, then what names of folders say.
 * @param from - where they lie; where there are several, the names by which they differ count among the folders'.
 * @param pattern - its places alone are taken, where it is not `null`.
 * @throws {@link ArgumentError} when there are none, or when of some ε or seed is not told.
 */
export function tellRuns(from: readonly string[], pattern: string | null): readonly ToldRun[] {
  const byFile = pattern?.endsWith(".npz") ?? false;
  const found = findPredictions(from, (name) => (byFile ? name.endsWith(".npz") : name === predictionsName));
  const shared = sharedFolder(from);
  const placesOf = ({ root, place, name }: FoundPredictions): readonly string[] => {
    const inner = [place, ...(byFile ? [name] : [])].filter(Boolean).join("/");
    const whole = [...relative(shared, resolve(root)).split(sep), inner].filter(Boolean).join("/");
    return inner === "" || from.length > 1 ? [whole, inner] : [inner];
  };
  const told =
    pattern === null ? found.map((one) => tellByNames(one, placesOf(one)[0])) : tellByPattern(found, placesOf, pattern);
  requireTold(told, pattern);
  return told as readonly ToldRun[];
}

/** The innermost folder that all of these are in. */
function sharedFolder(roots: readonly string[]): string {
  const [first, ...others] = roots.map((root) => dirname(resolve(root)));
  let shared = first;
  while (!others.every((other) => `${other}${sep}`.startsWith(shared.endsWith(sep) ? shared : `${shared}${sep}`))) {
    shared = dirname(shared);
  }
  return shared;
}

type PartlyTold = Told & Pick<ToldRun, "found">;

function tellByNames(found: FoundPredictions, place: string): PartlyTold {
  const record = readRunRecord(found.folder, found.root);
  const epsilon = record.name === undefined ? undefined : readEpsilon(record.name);
  return { ...readPlace(place), ...(epsilon !== undefined && { epsilon }), ...record, found };
}

function tellByPattern(
  found: readonly FoundPredictions[],
  placesOf: (found: FoundPredictions) => readonly string[],
  pattern: string,
): readonly PartlyTold[] {
  const read = placePattern(pattern);
  const told = found.flatMap((one) => {
    const own = placesOf(one)
      .map(read)
      .find((said) => said !== null);
    return own === undefined ? [] : [{ ...readRunRecord(one.folder, one.root), ...own, found: one }];
  });
  if (told.length > 0) return told;
  const places = found.map((one) => placesOf(one)[0]);
  throw new ArgumentError(`--pattern must be the form of some path below --from, got ${pattern} for ${listed(places)}`);
}

function requireTold(told: readonly PartlyTold[], pattern: string | null): void {
  const lacking = told.filter(({ epsilon, seed }) => epsilon === undefined || seed === undefined);
  if (lacking.length === 0) return;
  const names = lacking.map(({ found, epsilon, seed }) => {
    const lacks = [epsilon === undefined ? "ε" : "", seed === undefined ? "seed" : ""].filter(Boolean).join(" and ");
    return `${pathOf(found)} without ${lacks}`;
  });
  const remedies = [
    ...(pattern === null ? ['by --pattern, as in --pattern "{epsilon}/s{seed}",'] : []),
    'in a run.json beside the predictions or in a folder above, as in { "epsilon": 0.1, "seed": 3 }',
  ];
  throw new ArgumentError(
    `--from must tell ε and seed of every run, got ${listed(names)}; say them ${remedies.join(" or ")}`,
  );
}
