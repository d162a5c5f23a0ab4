import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type * as wasmBackend from "@tensorflow/tfjs-backend-wasm";
import type * as core from "@tensorflow/tfjs-core";
import type * as layersLibrary from "@tensorflow/tfjs-layers";
import type * as library from "softlabel";
import type * as adapter from "softlabel/tfjs";

interface Bundle {
  readonly tf: typeof core;
  readonly layers: typeof layersLibrary;
  readonly wasm: typeof wasmBackend;
  readonly differentiableLoss: typeof adapter.softmaxCrossEntropy;
  readonly plainLoss: typeof library.softmaxCrossEntropy;
  readonly useRelaxedSimd: typeof library.useRelaxedSimd;
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
/** The library's loss as an operation on this TensorFlow.js. */
export const differentiableLoss: typeof adapter.softmaxCrossEntropy = bundle.differentiableLoss;
/** The library's loss of plain numbers, by the same kernel. */
export const plainLoss: typeof library.softmaxCrossEntropy = bundle.plainLoss;
/** Chooses that kernel. */
export const useRelaxedSimd: typeof library.useRelaxedSimd = bundle.useRelaxedSimd;
