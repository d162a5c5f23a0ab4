import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { installKernels } from "./kernels/install.ts";
import { tf, useRelaxedSimd, wasm } from "./tensorflow.ts";

let started: Promise<void> | undefined;

/**
 * Starts TensorFlow.js on WebAssembly with the kernels that let it train; once per process, whoever asks first.
 *
 * @throws Error when the WebAssembly backend cannot start.
 */
export function startTensorFlow(): Promise<void> {
  started ??= start();
  return started;
}

async function start(): Promise<void> {
  // Silences the library's greeting and hints; nothing else hangs on it.
  tf.enableProdMode();
  installKernels();
  // A trial's bits do not depend on what this engine and processor have.
  useRelaxedSimd(false);
  const wasmPackage = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json"));
  wasm.setWasmPaths(`${join(wasmPackage, "dist")}/`);
  await keepingProcessListeners(async () => {
    if (!(await tf.setBackend("wasm"))) throw new Error("TensorFlow.js could not start its WebAssembly backend");
  });
}

/** The WASM loader would make every unhandled error of the process its own: what it listens to is taken back. */
async function keepingProcessListeners(run: () => Promise<void>): Promise<void> {
  const events = ["uncaughtException", "unhandledRejection"];
  const before = new Map(events.map((event) => [event, new Set(process.rawListeners(event))]));
  await run();
  for (const [event, listeners] of before) {
    for (const listener of process.rawListeners(event)) {
      if (!listeners.has(listener)) process.off(event, listener as () => void);
    }
  }
}
