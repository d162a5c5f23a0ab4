import { appendFileSync, closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { EpochMeasures } from "../trials.ts";
import type { AshaDecision } from "./asha.ts";
import type { TuningMeasure } from "./measure.ts";

/** One line of `decisions.jsonl`: what a trial measured after an epoch, or what was decided on it. */
export type JournalLine = MeasuresLine | DecisionLine;

export interface MeasuresLine extends EpochMeasures {
  readonly type: "measures";
  readonly trial: string;
}

export interface DecisionLine extends AshaDecision {
  readonly type: "decision";
  /** What `value` is. */
  readonly measure: TuningMeasure;
  /** A hash of the rule, and of the trial's list up to itself: a decision says nothing about another list. */
  readonly basis: string;
}

/** What is known of the trials of a search, kept so that a search that was killed decides as it did before. */
export interface Journal {
  /** The lines that came since it was last asked, whoever wrote them. */
  read(): readonly JournalLine[];
  append(line: JournalLine): void;
}

/**
 * The file `decisions.jsonl` of an experiment's folder. Each line is appended whole by one write.
 *
 * A line that cannot be read, as one that a power cut tore, is passed over: its measures come again from the trial's
 * history, and from equal measures follows an equal decision.
 */
export function openJournal(experiment: string): Journal {
  const path = join(experiment, journalName);
  let offset = 0;
  let torn = "";
  return {
    read() {
      const { text, end } = readFrom(path, offset);
      offset = end;
      const pieces = (torn + text).split("\n");
      torn = pieces.pop() as string;
      return pieces.flatMap(parseLine);
    },
    append(line) {
      // After a torn line the next begins on a line of its own.
      appendFileSync(path, `${torn === "" ? "" : "\n"}${JSON.stringify(line)}\n`);
      torn = "";
    },
  };
}

const journalName = "decisions.jsonl";

function readFrom(path: string, offset: number): { readonly text: string; readonly end: number } {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { text: "", end: offset };
    throw error;
  }
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - offset));
    const count = readSync(file, bytes, 0, bytes.length, offset);
    return { text: bytes.toString("utf8", 0, count), end: offset + count };
  } finally {
    closeSync(file);
  }
}

/** JSON writes a NaN as null. */
const measuredNumbers = ["validationNll", "validationAccuracy", "value"];

function parseLine(text: string): readonly JournalLine[] {
  try {
    const line = JSON.parse(text, (name, value: unknown) =>
      measuredNumbers.includes(name) && value === null ? Number.NaN : value,
    ) as JournalLine;
    return line.type === "measures" || line.type === "decision" ? [line] : [];
  } catch {
    return [];
  }
}
