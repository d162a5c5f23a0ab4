/*
 * Runs the built command line (`npm test` builds it first): a search with real trainings, killed and gone on with.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import type { ChooseResults } from "../../../src/experiment/choose/results.ts";
import { type JournalLine, openJournal } from "../../../src/experiment/search/journal.ts";
import { runCli, startCli } from "../support/cli.ts";
import { writeMnistRows } from "../support/mnist-rows.ts";

let folder: string;
let data: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "softlabel-search-"));
  data = join(folder, "digits");
  writeMnistRows(data, { train: 500, test: 200 });
  return () => rmSync(folder, { recursive: true });
});

const options =
  "--model softmax --seeds 1 --train-size 200 --validation-size 300 --epochs 5 --batch-size 50 --epsilon 0,0.1 --no-refine " +
  "--search learning-rate=log:1e-5..1 --search optimizer=adam|sgd --samples 6";
const words = (out: string, jobs: number): string[] => [
  ..."choose --json --data".split(" "),
  data,
  ...options.split(" "),
  "--jobs",
  String(jobs),
  "--out",
  join(folder, out),
];

const linesOf = (out: string): readonly JournalLine[] => openJournal(join(folder, out)).read();

function decisionsOf(out: string): readonly string[] {
  const decisions = linesOf(out).filter(({ type }) => type === "decision");
  return decisions.map((line) => JSON.stringify(line)).sort();
}

function resultsOf(out: string): Omit<ChooseResults, "run"> {
  const { run: _, ...results } = JSON.parse(readFileSync(join(folder, out, "results.json"), "utf8")) as ChooseResults;
  return results;
}

/** Kills the process when the journal has so many lines; its children end with it. */
async function runUntilLines(out: string, lines: number): Promise<void> {
  const { process: child, ended } = startCli(words(out, 2));
  while (child.exitCode === null && (!existsSync(join(folder, out)) || linesOf(out).length < lines)) await delay(5);
  child.kill("SIGKILL");
  expect((await ended).code).toBeNull();
}

test("a search that is killed twice comes to the decisions and results of one that is not, with two jobs as with one", {
  timeout: 120_000,
}, async () => {
  const alone = await runCli(words("alone", 1));
  expect(alone.code, alone.stderr).toBe(0);
  for (const lines of [4, 14]) await runUntilLines("killed", lines);
  const killed = await runCli(words("killed", 2));
  expect(killed.code, killed.stderr).toBe(0);

  expect(decisionsOf("killed")).toEqual(decisionsOf("alone"));
  expect(resultsOf("killed")).toEqual(resultsOf("alone"));
  const { search, grid } = resultsOf("alone").experiment;
  expect(grid).toEqual([0, 0.1]);
  expect(search).toMatchObject({ candidates: 6, trials: 12 });
  expect(search?.stopped).toBeGreaterThan(3);
  expect(search?.stopped).toBeLessThan(12);
});
