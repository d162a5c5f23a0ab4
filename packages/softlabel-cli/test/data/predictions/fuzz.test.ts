import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { DataError } from "../../../src/data/data-error.ts";
import { readInChild } from "../../../src/data/predictions/read-in-child.ts";
import { readPredictions } from "../../../src/data/predictions/read-predictions.ts";
import { randomStream } from "../../../src/data/random.ts";
import { mutated } from "./support/mutated.ts";

const fixtures = fileURLToPath(new URL("../../fixtures/predictions", import.meta.url));
const names = readdirSync(fixtures).filter((name) => /\.\w+$/.test(name) && !name.startsWith("made-by"));
const isTable = (name: string): boolean => /\.(?:parquet|arrow)$/.test(name);
const folder = mkdtempSync(join(tmpdir(), "softlabel-fuzz-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** How many files each fixture becomes; SOFTLABEL_FUZZ_FILES sets it, SOFTLABEL_FUZZ_SEED replays a failure. */
const files = Number(process.env.SOFTLABEL_FUZZ_FILES ?? 100);
const first = Number(process.env.SOFTLABEL_FUZZ_SEED ?? 1);
const timeout = 60_000 + 100 * files;

describe("a damaged file is read or refused by one sentence, and nothing else happens:", () => {
  it.each(names.filter((name) => !isTable(name)))("%s", { timeout }, async (name) => {
    const bytes = readFileSync(join(fixtures, name));
    const path = join(folder, name);
    const labels = name.endsWith(".npy") ? join(fixtures, "labels.npy") : undefined;
    for (let seed = first; seed < first + files; seed++) {
      writeFileSync(path, mutated(bytes, randomStream(seed, "mutations")));
      const problem = await readPredictions(path, { kind: "logits", labels }).then(
        ({ test }) => {
          const [rows, classes] = test.shape;
          return rows * classes === test.data.length && rows === test.labels.length ? undefined : "other shapes";
        },
        (error: unknown) => (error instanceof DataError && !error.message.includes("\n") ? undefined : error),
      );
      expect(problem, `SOFTLABEL_FUZZ_SEED=${seed} of ${name}`).toBeUndefined();
    }
  });

  it.each(names.filter(isTable))("%s", { timeout }, async (name) => {
    const { problems, fatal } = fuzzTable(name);
    expect(problems).toEqual([]);
    for (const seed of fatal) {
      const bytes = mutated(readFileSync(join(fixtures, name)), randomStream(seed, "mutations"));
      const format = name.endsWith(".parquet") ? "Parquet" : "Arrow";
      const outcome = readInChild(bytes, format, "FILE", { mostMs: 3_000 }).then(() => "read");
      await expect(outcome, `SOFTLABEL_FUZZ_SEED=${seed} of ${name}`).rejects.toThrow(DataError);
    }
  });
});

const reader = join(folder, "fuzz-tables.mjs");
buildSync({
  entryPoints: [fileURLToPath(new URL("support/fuzz-tables.ts", import.meta.url))],
  outfile: reader,
  ...({ bundle: true, platform: "node", format: "esm", logLevel: "error" } as const),
  banner: {
    js: `import { createRequire } from "node:module"; const require = createRequire(${JSON.stringify(pathToFileURL(fixtures))});`,
  },
});

/** Reads damaged copies of a table in child processes; a seed that ends one, or its patience, is fatal. */
function fuzzTable(name: string): { readonly problems: readonly string[]; readonly fatal: readonly number[] } {
  const problems: string[] = [];
  const fatal: number[] = [];
  const end = first + files;
  for (let seed = first; seed < end; ) {
    const run = spawnSync(process.execPath, [reader, join(fixtures, name), `${seed}`, `${end}`], {
      timeout: 10_000 + 20 * files,
      killSignal: "SIGKILL",
      encoding: "utf8",
    });
    const lines = run.stdout.split("\n").filter((line) => line !== "");
    problems.push(...lines.filter((line) => !/ (?:begins|read|refused)$/.test(line)));
    const last = lines.at(-1) ?? "nothing";
    if (run.status === 0) break;
    if (!last.endsWith(" begins")) return { problems: [...problems, run.stderr], fatal };
    seed = Number.parseInt(last, 10);
    fatal.push(seed++);
  }
  return { problems, fatal };
}
