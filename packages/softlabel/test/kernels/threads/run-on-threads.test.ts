import { afterEach, describe, expect, it } from "vitest";
import { type WebAssemblyEngine, webAssembly } from "../../../src/core/web-assembly.ts";
import type { Kernel, KernelCall } from "../../../src/kernels/kernel.ts";
import { createKernelMemory, type KernelMemory } from "../../../src/kernels/kernel-memory.ts";
import type { RowsFunction } from "../../../src/kernels/run-in-memory.ts";
import { createJobRecord, jobSlots } from "../../../src/kernels/threads/job.ts";
import { runOnThreads } from "../../../src/kernels/threads/run-on-threads.ts";
import { createSharedKernel } from "../../../src/kernels/threads/shared-kernel.ts";
import { type StartedCrew, startCrew } from "../../../src/kernels/threads/start-crew.ts";
import { type WorkerHost, workerHost } from "../../../src/kernels/threads/worker-host.ts";
import { createWasmKernel } from "../../../src/kernels/wasm-kernel.ts";
import { bestWasmModule, type WasmModule } from "../../../src/kernels/wasm-module.ts";
import { randomStream } from "../../core/random-call.ts";

const engine = webAssembly() as WebAssemblyEngine;
const module = bestWasmModule(engine) as WasmModule;
const host = workerHost() as WorkerHost;
const limits = { leastLogits: 0, chunkBytes: 2 ** 17, patience: 20_000 };

function memoryOf({ memory }: Pick<StartedCrew, "memory">): KernelMemory {
  if (memory === undefined) throw new Error("a crew must have a memory");
  return memory;
}

/** The call with its arrays in the crew's memory; what it filled in. */
function onCrew(crew: Pick<StartedCrew, "memory" | "kernel">, call: KernelCall, where = "apart"): Buffer {
  const memory = memoryOf(crew);
  const addresses = [memory.reserve(call.logits.byteLength), memory.reserve(call.logits.byteLength)];
  const view = (address: number): Float32Array => new Float32Array(memory.buffer, address, call.logits.length);
  view(addresses[0]).set(call.logits);
  view(addresses[1]).fill(7);
  const into = addresses[where === "apart" ? 1 : 0];
  const logits = view(addresses[0]);
  const inside = { ...call, logits, gradient: call.gradient && (where === "apart" ? view(into) : logits) };
  inside.crossEntropy.fill(7);
  inside.priorCrossEntropy.fill(7);
  crew.kernel?.run(inside);
  const bits = bitsOf({ ...inside, gradient: call.gradient && view(into) });
  for (const address of addresses) memory.free(address);
  return bits;
}

const crews: StartedCrew[] = [];
afterEach(() => Promise.all(crews.splice(0).map((crew) => crew.end())));

async function crewOf(count: number, changed: Partial<typeof limits> = {}, on = host): Promise<StartedCrew> {
  const crew = await startCrew(on, count, { ...limits, ...changed });
  crews.push(crew);
  return crew;
}

/** Rows of N(0, 1) logits, but every 13th leaves the kernel's window. */
function plainCall(rows: number, classes: number, seed: number): KernelCall {
  const random = randomStream(seed);
  const logits = Float32Array.from({ length: rows * classes }, () => 6 * random() - 3);
  for (let row = 0; row < rows; row += 13) logits[row * classes + (row % classes)] = 70;
  const smooth = Float64Array.from({ length: rows }, random);
  return {
    rows,
    classes,
    logits,
    gradient: new Float32Array(logits.length),
    labels: Int32Array.from({ length: rows }, () => Math.floor(classes * random())),
    labelSums: undefined,
    prior: undefined,
    hard: smooth.map((share) => 1 - share),
    smooth,
    scale: Float64Array.from({ length: rows }, random),
    crossEntropy: new Float64Array(rows),
    priorCrossEntropy: new Float64Array(rows),
  };
}

/** What a call filled in, as bytes: equal bytes are equal bits. */
const bitsOf = ({ gradient, crossEntropy, priorCrossEntropy }: KernelCall): Buffer =>
  Buffer.concat(
    [gradient ?? new Float32Array(), crossEntropy, priorCrossEntropy].map(({ buffer, byteOffset, byteLength }) =>
      Buffer.from(buffer, byteOffset, byteLength),
    ),
  );

function onOneThread(call: KernelCall): Buffer {
  const copy = { ...call, logits: call.logits.slice(), gradient: call.gradient?.slice() };
  createWasmKernel(engine, module).run(copy);
  return bitsOf(copy);
}

describe("a call on threads", () => {
  it.each([
    [700, 1003],
    [70, 33_001],
    [9000, 67],
    [3, 300_000],
  ])("gives the bits of one thread at [%i, %i], rows beyond the window among them", async (rows, classes) => {
    const call = plainCall(rows, classes, rows);
    const wanted = onOneThread(call);
    for (const count of [2, 4]) {
      const crew = await crewOf(count);
      for (let i = 0; i < 3; i++) expect(onCrew(crew, call).equals(wanted), `${count} threads`).toBe(true);
    }
  });

  it("gives the bits of one thread where the gradient is in place, and where none is wanted", async () => {
    const call = plainCall(700, 1003, 3);
    const crew = await crewOf(2);
    expect(onCrew(crew, call, "in place").equals(onOneThread(call))).toBe(true);
    const without = { ...call, gradient: undefined };
    expect(onCrew(crew, without).equals(onOneThread(without))).toBe(true);
  });

  it("gives them too while the memory grows between the calls", async () => {
    const crew = await crewOf(2);
    for (const rows of [130, 300, 1000, 3000]) {
      const before = memoryOf(crew).buffer.byteLength;
      const call = plainCall(rows, 1003, rows);
      expect(onCrew(crew, call).equals(onOneThread(call))).toBe(true);
      expect(memoryOf(crew).buffer.byteLength).toBeGreaterThan(before);
    }
  });

  it("is shared: another thread does rows while the calling one does", async () => {
    const shared = createSharedKernel(engine, module);
    if (!shared) throw new Error("this engine must have memory that can be shared");
    const { imports, functions, memory } = shared;
    const record = createJobRecord();
    const worker = host.start({ module: shared.module, imports, record, slots: jobSlots, thread: 1, watch: 0 });
    expect(await worker.ready).toBe(true);
    let rows = 0;
    // Until the other has finished a chunk; not for ever.
    const runRows: RowsFunction = (...facts) => {
      const end = performance.now() + limits.patience;
      while (rows === 0 && record[jobSlots.finished] === 0 && performance.now() < end);
      rows += facts[11];
      functions.softmaxCrossEntropy(...facts);
    };
    const end = async (): Promise<void> => void (await worker.end());
    const run = runOnThreads({ memory, record, runRows, count: 2, end, ...limits });
    const call = plainCall(700, 1003, 5);
    const bits = onCrew({ memory, kernel: { run } as Kernel }, call);
    await end();
    expect(rows).toBeLessThan(700);
    expect(bits.equals(onOneThread(call))).toBe(true);
  });

  it("of fewer logits than it says, of one chunk or with anything to copy stays with the thread that calls", () => {
    const record = createJobRecord();
    const memory = createKernelMemory(new engine.Memory({ initial: 4 }), 16);
    const own = { memory, record, runRows: () => {}, count: 2, end: async () => {} };
    const run = runOnThreads({ ...own, ...limits, chunkBytes: 400, leastLogits: 1000 });
    const addresses = [memory.reserve(24_000), memory.reserve(24_000), memory.reserve(24_000)];
    const way = (rows: number, classes: number, plain?: "logits" | "gradient" | "labels"): string => {
      const call = plainCall(rows, classes, 1);
      const [logits, gradient, labels] = addresses.map((at) => new Float32Array(memory.buffer, at, rows * classes));
      const before = record[jobSlots.jobs];
      const given = { logits, gradient, labels };
      const labelSums = new Float64Array(rows);
      run({ ...call, ...given, labelSums, ...(plain && { [plain]: given[plain].slice() }) });
      run({ ...call, ...given, labels: call.labels, ...(plain && { [plain]: given[plain].slice() }) });
      return ["alone", "one of two on threads", "threads"][record[jobSlots.jobs] - before];
    };
    expect(way(99, 10)).toBe("alone");
    expect(way(100, 10)).toBe("threads");
    expect(way(1, 3000)).toBe("alone");
    expect(way(2, 3000)).toBe("threads");
    expect(way(100, 10, "logits")).toBe("alone");
    expect(way(100, 10, "gradient")).toBe("alone");
    expect(way(100, 10, "labels")).toBe("alone");
  });
});

describe("a worker that breaks down", () => {
  /** Two rows of five logits in a memory, in place. */
  function inside(memory: KernelMemory): KernelCall {
    const logits = new Float32Array(memory.buffer, memory.reserve(40), 10);
    return { ...plainCall(2, 5, 1), logits, gradient: logits };
  }

  /** A crew of the calling thread, and of one that takes a chunk and is not heard of again. */
  function crewWithLostChunk() {
    const record = createJobRecord();
    const memory = createKernelMemory(new engine.Memory({ initial: 1 }), 16);
    let [ended, alone] = [0, 0];
    const runRows: RowsFunction = () => {
      if (record[jobSlots.left] > 0) Atomics.sub(record, jobSlots.left, 1);
      else alone++;
    };
    const end = async (): Promise<void> => {
      ended++;
    };
    const own = { memory, record, runRows, count: 2, end };
    const run = runOnThreads({ ...own, ...limits, chunkBytes: 4, patience: 20 });
    return { run, memory, ended: () => ended, alone: () => alone };
  }

  it("is an error after a while, and further calls take one thread", () => {
    const { run, memory, ended, alone } = crewWithLostChunk();
    const call = inside(memory);
    const message =
      "every thread must finish its rows, got 1 chunks of them unfinished after 20 ms; the gradient is incomplete, and further calls take one thread";
    expect(() => run(call)).toThrow(new Error(message));
    expect(ended()).toBe(1);
    const before = alone();
    run(call);
    expect(alone()).toBeGreaterThan(before);
    expect(ended()).toBe(1);
  });

  it("by an error in its rows is an error", () => {
    const record = createJobRecord();
    const memory = createKernelMemory(new engine.Memory({ initial: 1 }), 16);
    const runRows: RowsFunction = () => {
      throw new Error("out of bounds");
    };
    const run = runOnThreads({ memory, record, runRows, count: 2, end: async () => {}, ...limits, chunkBytes: 4 });
    expect(() => run(inside(memory))).toThrow(
      "every thread must finish its rows, got an error in one; the gradient is incomplete, and further calls take one thread",
    );
  });

  it("and says nothing is left out after a while", async () => {
    let ended = 0;
    const silent: WorkerHost = {
      parallelism: 2,
      start: () => ({ ready: new Promise(() => {}), end: async () => void ended++ }),
    };
    expect((await crewOf(2, { patience: 20 }, silent)).count()).toBe(1);
    expect(ended).toBe(1);
  });

  it("before it is ready is left out, and ended", async () => {
    let ended = 0;
    const failing: WorkerHost = {
      parallelism: 4,
      start: (station) =>
        station.thread === 2 ? { ready: Promise.resolve(false), end: async () => void ended++ } : host.start(station),
    };
    const crew = await crewOf(4, {}, failing);
    expect(crew.count()).toBe(3);
    expect(ended).toBe(1);
    const call = plainCall(700, 1003, 2);
    expect(onCrew(crew, call).equals(onOneThread(call))).toBe(true);
  });

  it("in its host's refusal leaves the threads that there are", async () => {
    const refusing = (most: number): WorkerHost => ({
      parallelism: 4,
      start(station) {
        if (station.thread > most) throw new Error("no more workers");
        return host.start(station);
      },
    });
    expect((await crewOf(4, {}, refusing(1))).count()).toBe(2);
    const none = await crewOf(4, {}, refusing(0));
    expect(none.count()).toBe(1);
    const call = plainCall(70, 1003, 2);
    // With the rows cut as they are for arrays that lie in the memory.
    const kernel = createWasmKernel(engine, module);
    expect(onCrew(none, call).equals(onCrew({ memory: kernel.memory, kernel }, call))).toBe(true);
  });

  it("in a program that is none of its engine's leaves one thread", async () => {
    const wrong: WorkerHost = { ...host, start: (station) => host.start({ ...station, module: {} }) };
    expect((await crewOf(2, {}, wrong)).count()).toBe(1);
  });
});
