import { once } from "node:events";
import { readSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { DataError } from "../data-error.ts";
import { encodeAnswer, type ReaderAnswer } from "./contents-message.ts";
import type { TableOrder } from "./read-in-child.ts";

/*
 * A program: reads the table that comes on standard input, and answers on standard output. What a damaged file does to
 * the packages that read it, an endless loop or a crash of the engine, happens to this process only.
 */
const order: TableOrder = JSON.parse(process.argv[2] ?? "{}");
new Worker(new URL("./memory-guard.js", import.meta.url), { workerData: order.mostMemory }).unref();
// A rejection that nobody awaits is the file's fault as much as one that is awaited.
process.on("unhandledRejection", (reason) => void answer({ problem: broken(reason) }).then(() => process.exit()));

const bytes = new Uint8Array(order.size);
for (let at = 0, count = -1; count !== 0; at += count) count = readSync(0, bytes, at, bytes.length - at, null);
await answer(await read(bytes));
process.exit();

async function read(bytes: Uint8Array): Promise<ReaderAnswer> {
  try {
    if (order.format === "Arrow") {
      const { readArrow } = await import("./arrow-contents.ts");
      return { contents: readArrow(bytes, order.name) };
    }
    const { readParquet } = await import("./parquet-contents.ts");
    return { contents: await readParquet(bytes, order.name) };
  } catch (error) {
    return { problem: error instanceof DataError ? error.message : broken(error) };
  }
}

function broken(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `${order.name} must be a whole ${order.format} file, got one that breaks (${reason})`;
}

async function answer(given: ReaderAnswer): Promise<void> {
  for (const part of encodeAnswer(given)) if (!process.stdout.write(part)) await once(process.stdout, "drain");
  await new Promise<void>((resolve) => process.stdout.end(() => resolve()));
}
