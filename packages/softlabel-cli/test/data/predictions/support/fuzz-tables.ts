import { readFileSync, writeSync } from "node:fs";
import { DataError } from "../../../../src/data/data-error.ts";
import { readArrow } from "../../../../src/data/predictions/arrow-contents.ts";
import { readParquet } from "../../../../src/data/predictions/parquet-contents.ts";
import { randomStream } from "../../../../src/data/random.ts";
import { mutated } from "./mutated.ts";

/*
 * A child process that reads damaged copies of one file, seed by seed, and says of each that it begins and how it ended:
 * which one crashed it, or keeps it forever, its parent then knows.
 */
const [, , path = "", first, end] = process.argv;
const bytes = readFileSync(path);
// The package leaves some of its promises alone; the reader's own says what is wrong.
process.on("unhandledRejection", () => {});
for (let seed = Number(first); seed < Number(end); seed++) {
  writeSync(1, `${seed} begins\n`);
  writeSync(1, `${seed} ${await outcome(mutated(bytes, randomStream(seed, "mutations")))}\n`);
}

async function outcome(file: Uint8Array): Promise<string> {
  try {
    const { arrays } = path.endsWith(".parquet") ? await readParquet(file, "FILE") : readArrow(file, "FILE");
    for (const [name, { data, shape }] of arrays) {
      if (shape.reduce((product, n) => product * n, 1) !== data.length) return `has ${name} of another shape`;
    }
    return "read";
  } catch (error) {
    if (error instanceof DataError && !error.message.includes("\n")) return "refused";
    return `throws ${String(error).split("\n")[0]}`;
  }
}
