import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

interface ServerOutcome {
  readonly server: "redis" | "postgresql";
  readonly version: string;
  readonly runs: number;
  readonly withUndisturbedResults: number;
  readonly trials: number;
  readonly begunAgain: number;
  readonly trainedAgain: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly seconds: { readonly median: number };
}

interface ChaosRun {
  readonly server: ServerOutcome["server"];
  readonly seed: number;
  readonly begunAgain: number;
  readonly problems: readonly string[];
}

const root = new URL("../../../../../", import.meta.url);
const { servers, runs }: { servers: readonly ServerOutcome[]; runs: readonly ChaosRun[] } = JSON.parse(
  readFileSync(new URL("bench/results/chaos.json", root), "utf8"),
);

it("the table of what was killed says what the raw results say", () => {
  const [, table = ""] = /<!-- chaos -->\n([\s\S]*?)<!-- end -->/.exec(
    readFileSync(new URL("docs/machines.md", root), "utf8"),
  ) as RegExpExecArray;
  const rows = table.trim().split("\n").slice(2).map(cellsOf);
  expect(rows).toEqual(servers.map(cellsOfServer));
});

it("the sums of the raw results are those of twenty seeds for each server, none with a problem", () => {
  for (const { server, begunAgain, withUndisturbedResults } of servers) {
    const own = runs.filter((run) => run.server === server);
    expect(own.map(({ seed }) => seed).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(own.flatMap(({ problems }) => problems)).toEqual([]);
    expect(own.reduce((sum, run) => sum + run.begunAgain, 0)).toBe(begunAgain);
    expect(withUndisturbedResults).toBe(20);
  }
});

function cellsOf(row: string): readonly string[] {
  return row
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

function cellsOfServer(outcome: ServerOutcome): readonly string[] {
  const { "start a second submitter": _, ...blows } = outcome.counts;
  return [
    `${outcome.server === "redis" ? "Redis" : "PostgreSQL"} ${outcome.version}`,
    `${outcome.runs}`,
    `${outcome.withUndisturbedResults}`,
    outcome.trials.toLocaleString("en"),
    `${outcome.begunAgain}`,
    `${outcome.trainedAgain}`,
    `${Object.values(blows).reduce((sum, count) => sum + count, 0)}`,
    outcome.seconds.median.toFixed(1),
  ];
}
