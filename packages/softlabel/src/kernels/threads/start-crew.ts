import { type WebAssemblyEngine, webAssembly } from "../../core/web-assembly.ts";
import type { Kernel } from "../kernel.ts";
import type { KernelMemory } from "../kernel-memory.ts";
import { createLabelScanner } from "../label-scanner.ts";
import { createWasmKernel } from "../wasm-kernel.ts";
import { bestWasmModule } from "../wasm-module.ts";
import { createJobRecord, jobSlots, publishEnd } from "./job.ts";
import { type CrewLimits, runOnThreads } from "./run-on-threads.ts";
import type { Station } from "./serve.ts";
import { createSharedKernel } from "./shared-kernel.ts";
import { WATCH } from "./wait-for-threads.ts";
import type { StartedWorker, WorkerHost } from "./worker-host.ts";

/** A kernel, its memory, and the threads that it runs on. */
export interface StartedCrew {
  /** The calling thread among them; 1 once the others broke down. */
  readonly count: () => number;
  /** Undefined where this engine has none. */
  readonly kernel: Kernel | undefined;
  readonly memory: KernelMemory | undefined;
  readonly end: () => Promise<void>;
}

/**
 * As many of `count` threads as the host starts: without workers or shared memory the calling one, and without
 * WebAssembly no kernel.
 */
export async function startCrew(host: WorkerHost | undefined, count: number, limits: CrewLimits): Promise<StartedCrew> {
  const engine = webAssembly();
  try {
    if (engine && host && count > 1) {
      const crew = await startShared(engine, host, count, limits);
      if (crew) return crew;
    }
  } catch {
    // The host refuses workers or memory that they share, and would again.
  }
  return { ...kernelAlone(engine), count: () => 1, end: async () => {} };
}

function kernelAlone(engine: WebAssemblyEngine | undefined): Pick<StartedCrew, "kernel" | "memory"> {
  try {
    const module = engine && bestWasmModule(engine);
    const kernel = engine && module && createWasmKernel(engine, module);
    return { kernel, memory: kernel?.memory };
  } catch {
    // A content security policy that forbids to compile.
    return { kernel: undefined, memory: undefined };
  }
}

async function startShared(
  engine: WebAssemblyEngine,
  host: WorkerHost,
  count: number,
  limits: CrewLimits,
): Promise<StartedCrew | undefined> {
  const best = bestWasmModule(engine);
  const shared = best && createSharedKernel(engine, best);
  if (!shared) return undefined;
  const { module, imports, functions, memory } = shared;
  const record = createJobRecord();

  const station = (thread: number): Station => ({
    module,
    imports,
    record,
    slots: jobSlots,
    thread,
    watch: WATCH,
  });
  const workers = await startWorkers(host, count - 1, station, limits.patience);
  if (workers.length === 0) return undefined;
  let working = workers.length + 1;
  const end = async (): Promise<void> => {
    working = 1;
    // A page's worker that is terminated in its sleep stays for seconds.
    publishEnd(record);
    await Promise.all(workers.map((worker) => worker.end()));
  };

  // Threads are numbered by where their scratch memory lies, those that did not start included.
  const run = runOnThreads({ memory, record, count, runRows: functions.softmaxCrossEntropy, end, ...limits });
  return {
    count: () => working,
    memory,
    kernel: { name: best.name, run, scanner: createLabelScanner(memory, functions) },
    end,
  };
}

/** @returns The workers that are ready after `patience` milliseconds at most; the others are ended. */
async function startWorkers(
  host: WorkerHost,
  count: number,
  station: (thread: number) => Station,
  patience: number,
): Promise<readonly StartedWorker[]> {
  const started: StartedWorker[] = [];
  try {
    for (let thread = 1; thread <= count; thread++) started.push(host.start(station(thread)));
  } catch {
    // The host allows no more.
  }
  let timer: unknown;
  const late = new Promise<false>((resolve) => {
    timer = timers.setTimeout(() => resolve(false), patience);
  });
  const ready = await Promise.all(started.map((worker) => Promise.race([worker.ready, late])));
  timers.clearTimeout(timer);
  for (const [i, worker] of started.entries()) if (!ready[i]) void worker.end();
  return started.filter((_, i) => ready[i]);
}

const timers = globalThis as unknown as {
  readonly setTimeout: (then: () => void, milliseconds: number) => unknown;
  readonly clearTimeout: (timer: unknown) => void;
};
