import { readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { ArgumentError } from "softlabel";
import { DataError, readingProblem } from "../../../data/data-error.ts";
import { predictionsName } from "../../read-trial.ts";

/** A file of predictions in one of the folders that were given. */
export interface FoundPredictions {
  readonly folder: string;
  /** The file's name. */
  readonly name: string;
  /** The folder that was given, in which it was found. */
  readonly root: string;
  /** The folder's names from `root` on, with `/` between them; empty for `root` itself. */
  readonly place: string;
}

/**
 * The files of predictions in some folders, at any depth, each folder once, whatever links lead to it.
 *
 * A folder that has one is not looked into further; what begins with a dot is hidden, as everywhere.
 * @param isWanted - decides by a file's name.
 * @throws {@link DataError} when a folder cannot be read; {@link ArgumentError} when none of them has any.
 */
export function findPredictions(
  roots: readonly string[],
  isWanted: (name: string) => boolean,
): readonly FoundPredictions[] {
  const found: FoundPredictions[] = [];
  const seen = new Set<string>();
  // Links come last: a folder is called by its own name rather than by that of a link to it.
  const links: { readonly folder: string; readonly root: string }[] = [];

  const visit = (folder: string, root: string): void => {
    const { real, names } = look(folder);
    if (seen.has(real)) return;
    seen.add(real);
    const own = names.filter((name) => isWanted(name) && statsOf(join(folder, name))?.isFile());
    for (const name of own) found.push({ folder, name, root, place: placeOf(folder, root) });
    if (own.length > 0) return;
    for (const name of names) {
      const inner = join(folder, name);
      if (!statsOf(inner)?.isDirectory()) continue;
      if (realpathSync(inner) === join(real, name)) visit(inner, root);
      else links.push({ folder: inner, root });
    }
  };

  for (const root of roots) visit(root, root);
  for (let link = links.shift(); link !== undefined; link = links.shift()) visit(link.folder, link.root);
  if (found.length === 0) throw noneFound(roots[0]);
  return found;
}

/** @throws {@link DataError} when it is no folder, or one that cannot be read. */
function look(folder: string): { readonly real: string; readonly names: readonly string[] } {
  try {
    const names = readdirSync(folder).filter((name) => !name.startsWith("."));
    return { real: realpathSync(folder), names: names.sort() };
  } catch (error) {
    throw new DataError(`--from must name folders that can be read; ${folder} ${readingProblem(error)}`);
  }
}

function placeOf(folder: string, root: string): string {
  return relative(root, folder).split(sep).join("/");
}

function noneFound(root: string): ArgumentError {
  const there = readdirSync(root).sort().slice(0, 5);
  const content = there.length === 0 ? "nothing in it" : there.join(", ");
  return new ArgumentError(
    `--from must hold ${predictionsName} in a folder for each arm and seed, got ${root} with ${content}`,
  );
}

/** `null` for a link that leads nowhere. */
function statsOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** How a run's predictions are called: their folder, or the file where that has a name of its own. */
export function pathOf({ folder, name }: FoundPredictions): string {
  return name === predictionsName ? folder : join(folder, name);
}
