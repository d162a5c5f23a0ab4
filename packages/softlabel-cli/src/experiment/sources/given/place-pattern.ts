import { ArgumentError } from "softlabel";
import { readEpsilon } from "./read-place.ts";
import type { Told } from "./told.ts";

/** What each placeholder stands for. */
const parts: Readonly<Record<string, string>> = {
  name: "(?<name>[^/]+?)",
  epsilon: "(?<epsilon>\\d*\\.?\\d+(?:e-\\d+)?)",
  seed: "(?<seed>\\d+)",
};

/**
 * A reader of places after a pattern such as `{epsilon}/s{seed}`; `*` is any part of a name.
 *
 * @returns a function from a place to what it says of a run; `null` for one that is not of this form.
 * @throws {@link ArgumentError} for an unknown placeholder, one that stands there twice, or a pattern without `{seed}`,
 * or without both of `{name}` and `{epsilon}`.
 */
export function placePattern(pattern: string): (place: string) => Told | null {
  const seen: string[] = [];
  const source = pattern.replaceAll(/\{([^{}]*)\}|\*|[^{}*]+|[{}]/g, (piece, name?: string) => {
    if (piece === "*") return "[^/]*";
    if (name === undefined && !/[{}]/.test(piece)) return escaped(piece);
    if (name === undefined || !(name in parts) || seen.includes(name)) {
      const fault = name !== undefined && seen.includes(name) ? `${piece} twice` : piece;
      throw new ArgumentError(
        `--pattern must be of {name}, {epsilon} and {seed}, each once, got ${fault} in ${pattern}`,
      );
    }
    seen.push(name);
    return parts[name];
  });
  if (!seen.includes("seed") || !(seen.includes("name") || seen.includes("epsilon"))) {
    throw new ArgumentError(`--pattern must have {seed} and {name} or {epsilon}, got ${pattern}`);
  }
  const form = new RegExp(`^${source}$`, "iu");
  return (place) => {
    const groups = form.exec(place)?.groups;
    if (groups === undefined) return null;
    const { name, epsilon, seed } = groups;
    const share = epsilon === undefined ? readEpsilon(name) : Number(epsilon);
    return { seed: Number(seed), ...(name !== undefined && { name }), ...(share !== undefined && { epsilon: share }) };
  };
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
