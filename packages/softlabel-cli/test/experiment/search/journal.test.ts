import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type DecisionLine, type MeasuresLine, openJournal } from "../../../src/experiment/search/journal.ts";
import { temporaryFolder } from "../support/worker.ts";

const measures = (epoch: number, validationNll = 0.25): MeasuresLine => ({
  type: "measures",
  trial: "00ff",
  epoch,
  validationNll,
  validationAccuracy: 1 - epoch / 8,
});
const decision: DecisionLine = {
  type: "decision",
  trial: "00ff",
  rung: 1,
  goesOn: false,
  epoch: 3,
  value: 0.1 + 0.2,
  measure: "validationNll",
  basis: "0123456789abcdef",
};

it("a journal reads what was appended, bit for bit, and each line once", () => {
  const journal = openJournal(temporaryFolder());
  expect(journal.read()).toEqual([]);
  journal.append(measures(1));
  journal.append(decision);
  expect(journal.read()).toEqual([measures(1), decision]);
  expect(journal.read()).toEqual([]);
  journal.append(measures(2));
  expect(journal.read()).toEqual([measures(2)]);
});

it("a journal keeps a value that is not a number as one", () => {
  const folder = temporaryFolder();
  openJournal(folder).append({ ...measures(1, Number.NaN), epochs: 9 });
  openJournal(folder).append({ ...decision, value: Number.POSITIVE_INFINITY });
  const nothing = { ...measures(1, Number.NaN), epochs: 9 };
  expect(openJournal(folder).read()).toEqual([nothing, { ...decision, value: Number.NaN }]);
});

it("a journal reads what another process appended, and half a line only when the rest is there", () => {
  const folder = temporaryFolder();
  const [mine, theirs] = [openJournal(folder), openJournal(folder)];
  mine.append(measures(1));
  expect(theirs.read()).toEqual([measures(1)]);
  const text = `${JSON.stringify(measures(2))}\n`;
  const path = join(folder, "decisions.jsonl");
  appendFileSync(path, text.slice(0, 20));
  expect(theirs.read()).toEqual([]);
  appendFileSync(path, text.slice(20));
  expect(theirs.read()).toEqual([measures(2)]);
});

it("a journal passes over a line that was torn, and begins the next on a line of its own", () => {
  const folder = temporaryFolder();
  const path = join(folder, "decisions.jsonl");
  openJournal(folder).append(measures(1));
  openJournal(folder).append(decision);
  truncateSync(path, readFileSync(path).length - 5);
  const journal = openJournal(folder);
  expect(journal.read()).toEqual([measures(1)]);
  journal.append(measures(3));
  expect(journal.read()).toEqual([measures(3)]);
  expect(openJournal(folder).read()).toEqual([measures(1), measures(3)]);
});

it("a journal passes over lines that are none of its own", () => {
  const folder = temporaryFolder();
  const lines = ["{}", "null", "12", '"measures"', "[1]", "{", "", '{"type":"other","trial":"a"}'];
  writeFileSync(join(folder, "decisions.jsonl"), `${lines.join("\n")}\n${JSON.stringify(decision)}\n`);
  expect(openJournal(folder).read()).toEqual([decision]);
});
