import type { RowsFunction } from "../run-in-memory.ts";
import type { JobSlots } from "./job.ts";
import type { takeChunks } from "./take-chunks.ts";

/** What a worker is given: the same module, imports and record as every other thread, and its number. */
export interface Station {
  readonly module: object;
  /** What the module is given, the shared memory in it. */
  readonly imports: object;
  readonly record: Int32Array;
  readonly slots: JobSlots;
  /** 0 is the thread that calls; the workers follow. */
  readonly thread: number;
  /** How long a thread looks for the next job before it sleeps, in milliseconds: waking it takes about as long. */
  readonly watch: number;
}

/**
 * A worker's life: job after job, asleep between them, until there are no more.
 *
 * Its text is sent to the workers: it names nothing outside itself but what every engine has.
 */
export function serve(take: typeof takeChunks, station: Station, ready: () => void): void {
  const engine = globalThis as unknown as WorkerGlobals;
  const { module, imports, record, slots, thread, watch } = station;
  const { exports } = new engine.WebAssembly.Instance(module, imports);
  ready();
  for (;;) {
    // First: whatever is published after this wakes it.
    const seen = Atomics.load(record, slots.jobs);
    if (Atomics.load(record, slots.over) === 1) return;
    take(exports.softmaxCrossEntropy, record, slots, thread);
    const end = engine.performance.now() + watch;
    while (Atomics.load(record, slots.jobs) === seen && engine.performance.now() < end);
    Atomics.wait(record, slots.jobs, seen);
  }
}

interface WorkerGlobals {
  readonly performance: { readonly now: () => number };
  readonly WebAssembly: {
    readonly Instance: new (
      module: object,
      imports: object,
    ) => { readonly exports: { readonly softmaxCrossEntropy: RowsFunction } };
  };
}
