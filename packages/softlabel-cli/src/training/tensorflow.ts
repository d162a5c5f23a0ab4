import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type * as wasmBackend from "@tensorflow/tfjs-backend-wasm";
import type * as core from "@tensorflow/tfjs-core";
import type * as layersLibrary from "@tensorflow/tfjs-layers";

interface Bundle {
  readonly tf: typeof core;
  readonly layers: typeof layersLibrary;
  readonly wasm: typeof wasmBackend;
}

// Seen from src/ and from dist/ alike; `npm run build` puts it there.
const bundlePath = fileURLToPath(new URL("../../dist/training/engine/tensorflow.cjs", import.meta.url));
const bundle = createRequire(import.meta.url)(bundlePath) as Bundle;

/** TensorFlow.js' core with its gradients and the CPU and WebAssembly backends; `startTensorFlow` comes first. */
export const tf: typeof core = bundle.tf;
/** TensorFlow.js' layers: the format in which models are saved. */
export const layers: typeof layersLibrary = bundle.layers;
/** The WebAssembly backend's settings. */
export const wasm: typeof wasmBackend = bundle.wasm;
