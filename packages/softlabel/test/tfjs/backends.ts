import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { build } from "esbuild";
import { root } from "../../../../test/house/imports.ts";

/** A backend that nobody knows, with the cpu's kernels: the loss is composed of operations there. */
export const UNKNOWN = "unknown";

/** The backends that there are in Node. */
export const backendsInNode = ["cpu", "wasm", UNKNOWN] as const;

/** Makes one of them the backend of all that follows. */
export async function useBackend(name: string): Promise<void> {
  await startBackends();
  if (!(await tf.setBackend(name))) throw new Error(`backend must be able to start, got ${name}`);
}

/** Registers what a user of `@tensorflow/tfjs` has in Node: gradients, the wasm backend, and one that is unknown. */
async function startBackends(): Promise<void> {
  // Without it the engine advises another backend.
  tf.env().set("PROD", true);
  if (!tf.engine().registryFactory[UNKNOWN]) {
    tf.registerBackend(UNKNOWN, () => new MathBackendCPU());
    tf.copyRegisteredKernels("cpu", UNKNOWN);
  }
  await registerGradients();
}

/**
 * tfjs-core's CommonJS entry registers no gradients, and Node cannot import its ES modules, whose imports lack file
 * endings: a bundle of these registers them in the one registry that all copies share.
 */
async function registerGradients(): Promise<void> {
  if (tf.getGradient("Multiply")) return;
  const { outputFiles } = await build({
    stdin: { contents: 'import "@tensorflow/tfjs-core/dist/register_all_gradients.js";', resolveDir: root },
    bundle: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    external: ["node-fetch", "util"],
    write: false,
    logLevel: "error",
  });
  await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
