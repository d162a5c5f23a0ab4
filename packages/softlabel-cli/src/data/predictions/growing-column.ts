import type { Contents } from "./contents.ts";

/** One column of a table while its cells arrive: numbers as long as each cell is one, else words. */
export interface GrowingColumn {
  readonly name: string;
  readonly push: (cell: unknown) => void;
  /** The cells so far as numbers, or as words where one of them is a word. */
  readonly finish: () => { readonly numbers: Float64Array } | { readonly words: readonly string[] };
}

/** What number a cell says; undefined for a word. An empty cell is no number: NaN. */
function numberOf(cell: unknown): number | undefined {
  if (typeof cell === "number") return cell;
  if (typeof cell === "boolean" || typeof cell === "bigint") return Number(cell);
  if (cell === null || cell === undefined) return Number.NaN;
  if (typeof cell !== "string") return undefined;
  const text = cell.trim();
  if (text === "") return Number.NaN;
  const special = specialNumbers.get(text.toLowerCase());
  if (special !== undefined) return special;
  // Number would also read hexadecimal; a table of numbers has none.
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

const specialNumbers: ReadonlyMap<string, number> = new Map([
  ["nan", Number.NaN],
  ["na", Number.NaN],
  ["null", Number.NaN],
  ["none", Number.NaN],
  ["inf", Infinity],
  ["+inf", Infinity],
  ["infinity", Infinity],
  ["-inf", -Infinity],
  ["-infinity", -Infinity],
  ["true", 1],
  ["false", 0],
]);

export function growingColumn(name: string): GrowingColumn {
  let numbers = new Float64Array(64);
  let length = 0;
  let words: string[] | undefined;
  return {
    name,
    push(cell) {
      const number = words ? undefined : numberOf(cell);
      if (number === undefined) {
        words ??= Array.from(numbers.subarray(0, length), String);
        words.push(cell === null || cell === undefined ? "" : String(cell));
        return;
      }
      if (length === numbers.length) {
        const larger = new Float64Array(2 * length);
        larger.set(numbers);
        numbers = larger;
      }
      numbers[length++] = number;
    },
    finish: () => (words ? { words } : { numbers: numbers.slice(0, length) }),
  };
}

/** Columns of one length as contents. */
export function contentsOf(columns: readonly GrowingColumn[]): Contents {
  const arrays: Contents["arrays"] extends ReadonlyMap<infer K, infer V> ? Map<K, V> : never = new Map();
  const words = new Map<string, readonly string[]>();
  for (const column of columns) {
    const finished = column.finish();
    if ("words" in finished) words.set(column.name, finished.words);
    else arrays.set(column.name, { data: finished.numbers, shape: [finished.numbers.length] });
  }
  return { arrays, words };
}
