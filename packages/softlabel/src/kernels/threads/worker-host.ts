import { type Station, serve } from "./serve.ts";
import { takeChunks } from "./take-chunks.ts";

/** Starts workers: Node's or a browser's. */
export interface WorkerHost {
  /** How many threads the machine can run at once. */
  readonly parallelism: number;
  /** @throws Error where the host refuses. */
  readonly start: (station: Station) => StartedWorker;
}

export interface StartedWorker {
  /** Whether the worker came so far as to wait for work. */
  readonly ready: Promise<boolean>;
  /** Resolves when the worker is gone. */
  readonly end: () => Promise<unknown>;
}

/** The host that this program runs in, or undefined where none can share memory with workers. */
export function workerHost(): WorkerHost | undefined {
  if (host.SharedArrayBuffer === undefined || host.crossOriginIsolated === false) return undefined;
  // Asked for at run time: a bundle for a page meets no import of Node's.
  const node = host.process?.getBuiltinModule;
  const threads = node?.("node:worker_threads");
  if (node && threads) {
    const { availableParallelism } = node("node:os") as NodeOs;
    return { parallelism: availableParallelism(), start: (station) => startInNode(threads as NodeThreads, station) };
  }
  const { Worker, Blob, URL } = host;
  if (!(Worker && Blob && URL)) return undefined;
  const globals = { Worker, Blob, URL };
  return { parallelism: host.navigator?.hardwareConcurrency ?? 1, start: (station) => startInPage(globals, station) };
}

/** The program of a worker, which calls `serve` with these words of its host's. */
const program = (station: string, ready: string): string => `(${serve})(${takeChunks}, ${station}, () => ${ready})`;

function startInNode({ Worker }: NodeThreads, station: Station): StartedWorker {
  const source = `const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
    ${program("workerData", "parentPort.postMessage(0)")}`;
  // Without the flags of this process, which may load anything into each of its threads.
  const worker = new Worker(source, { eval: true, workerData: station, execArgv: [] });
  const ready = new Promise<boolean>((resolve) => {
    worker.once("message", () => resolve(true));
    worker.once("error", () => resolve(false));
    worker.once("exit", () => resolve(false));
  });
  return {
    // Until it is ready the worker holds the process; a program that awaits it would end in silence otherwise.
    ready: ready.finally(() => worker.unref()),
    end: () => worker.terminate(),
  };
}

function startInPage({ Worker, Blob, URL }: PageGlobals, station: Station): StartedWorker {
  const source = `onmessage = ({ data }) => ${program("data", "postMessage(0)")}`;
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address);
  const ready = new Promise<boolean>((resolve) => {
    worker.onmessage = () => resolve(true);
    // Also where a content security policy forbids the worker.
    worker.onerror = (event) => {
      event.preventDefault();
      resolve(false);
    };
  });
  worker.postMessage(station);
  return {
    ready: ready.finally(() => URL.revokeObjectURL(address)),
    end: async () => worker.terminate(),
  };
}

interface NodeThreads {
  readonly Worker: new (source: string, options: object) => NodeWorker;
}

interface NodeWorker {
  readonly once: (event: "message" | "error" | "exit", listener: () => void) => void;
  readonly unref: () => void;
  readonly terminate: () => Promise<number>;
}

interface NodeOs {
  readonly availableParallelism: () => number;
}

interface PageGlobals {
  readonly Worker: new (address: string) => PageWorker;
  readonly Blob: new (parts: readonly string[], options: { readonly type: string }) => object;
  readonly URL: {
    readonly createObjectURL: (blob: object) => string;
    readonly revokeObjectURL: (address: string) => void;
  };
}

interface PageWorker {
  onmessage: () => void;
  onerror: (event: { readonly preventDefault: () => void }) => void;
  readonly postMessage: (message: object) => void;
  readonly terminate: () => void;
}

/** What there may be of Node and of a browser, typed here: neither's types are. */
const host = globalThis as unknown as Partial<PageGlobals> & {
  readonly SharedArrayBuffer?: unknown;
  readonly crossOriginIsolated?: boolean;
  readonly process?: { readonly getBuiltinModule?: (name: string) => object | undefined };
  readonly navigator?: { readonly hardwareConcurrency?: number };
};
