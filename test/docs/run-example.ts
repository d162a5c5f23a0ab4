import { join } from "node:path";
import { build } from "esbuild";
import { root } from "../house/imports.ts";

const library = join(root, "packages/softlabel/src");

/** A value that an example computed, and the numbers that its comment shows for it. */
export interface Shown {
  readonly values: readonly number[];
  readonly written: readonly string[];
}

/**
 * Runs an example of the library against its sources.
 *
 * @param code - TypeScript; behind `expression;` a comment may show its value, `// 0.5076…` or `// 0.05, 0.85`.
 */
export async function runExample(code: string): Promise<readonly Shown[]> {
  const { outputFiles } = await build({
    stdin: { contents: recording(code), resolveDir: root, loader: "ts" },
    alias: {
      "softlabel/calibration": join(library, "calibration/index.ts"),
      "softlabel/statistics": join(library, "statistics/index.ts"),
      "softlabel/threads": join(library, "kernels/threads/index.ts"),
      softlabel: join(library, "index.ts"),
    },
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "silent",
  });
  const source = Buffer.from(outputFiles[0]?.contents ?? []).toString("base64");
  const { recorded }: { recorded: readonly [number | ArrayLike<number>, string][] } = await import(
    `data:text/javascript;base64,${source}`
  );
  return recorded.map(([value, written]) => ({
    values: typeof value === "number" ? [value] : Array.from(value),
    written: written.replaceAll("−", "-").split(/,\s*/),
  }));
}

/** `r.loss; // 0.5076…` becomes a recorded pair of the value and what is written. */
function recording(code: string): string {
  const lines = code.split("\n").map((line) => {
    const shown = /^(?!const\b|let\b|import\b|export\b|\/\/)(\S.*?);?\s*\/\/ \[?([-−]?\d[-−\d.…, ]*)\]?$/.exec(line);
    return shown === null ? line : `recorded.push([${shown[1]}, ${JSON.stringify(shown[2])}]);`;
  });
  return `export const recorded = [];\n${lines.join("\n")}`;
}

/** The value as the comment writes it: cut off before an ellipsis, rounded without one. */
export function asWritten(value: number, written: string): string {
  const decimals = /\.(\d+)/.exec(written)?.[1]?.length ?? 0;
  if (!written.endsWith("…")) return value.toFixed(decimals);
  return `${String(value).match(new RegExp(`^-?\\d+(?:\\.\\d{0,${decimals}})?`))?.[0]}…`;
}
