import type { WriteStream } from "node:tty";
import { styleText } from "node:util";

/** What was typed cannot be run: one sentence on stderr, exit code 2. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

/** What was typed was right and the run failed all the same: one sentence on stderr, exit code 1. */
export class RunFailure extends Error {
  override readonly name: string = "RunFailure";
}

/** Where a command writes: stdout, stderr, or what a test puts in their place. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/**
 * Writes one JSON document, the only thing that a command with `--json` puts on stdout.
 *
 * JSON has no infinities: `Infinity`, `-Infinity` and `NaN` become these words as strings.
 */
export function printJson(value: unknown, output: Output = process.stdout): void {
  output.write(`${JSON.stringify(value, (_, entry) => (isUnwritable(entry) ? String(entry) : entry), 2)}\n`);
}

function isUnwritable(entry: unknown): entry is number {
  return typeof entry === "number" && !Number.isFinite(entry);
}

/** Paints text for a terminal that shows colour; leaves it as it is elsewhere. */
export type Paint = (style: "bold" | "dim" | "red" | "green" | "yellow" | "cyan", text: string) => string;

/** Colour only where `output` is a terminal that has it, and neither NO_COLOR nor TERM=dumb forbids it. */
export function createPaint(output: Output): Paint {
  const colourful = output.isTTY === true && (output as Partial<WriteStream>).hasColors?.() === true;
  // What `output` can show is known by now; styleText would ask stdout.
  return (style, text) => (colourful ? styleText(style, text, { validateStream: false }) : text);
}
