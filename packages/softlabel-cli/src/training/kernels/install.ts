import type { KernelFunc } from "@tensorflow/tfjs-core";
import { tf } from "../tensorflow.ts";
import { biasRelu, biasReluGradient, columnSums, reluGradient } from "./bias-relu.ts";
import { conv2dFilterGradient } from "./conv2d-filter-gradient.ts";
import { conv2dInputGradient } from "./conv2d-input-gradient.ts";
import { withFasterWays } from "./convolution.ts";
import { dense, denseGradient } from "./dense.ts";
import { withExplicitPadding } from "./explicit-padding.ts";
import { backendName } from "./heap.ts";
import { identity } from "./identity.ts";
import { maxPoolGradient } from "./max-pool-gradient.ts";
import { withoutTransposes } from "./plain-products.ts";

/** Kernels that exist nowhere else. */
const added: Readonly<Record<string, KernelFunc>> = {
  BiasRelu: biasRelu,
  ColumnSums: columnSums,
  Conv2DBackpropFilter: conv2dFilterGradient,
  Dense: dense,
  ReluGradient: reluGradient,
};

/** Kernels in the place of shipped ones, most of them around them. */
const replaced: Readonly<Record<string, (stock: KernelFunc) => KernelFunc>> = {
  BatchMatMul: withoutTransposes,
  _FusedMatMul: withoutTransposes,
  Conv2D: (stock) => withFasterWays(withExplicitPadding(stock)),
  FusedConv2D: withExplicitPadding,
  Conv2DBackpropInput: () => conv2dInputGradient,
  Identity: () => identity,
  MaxPoolGrad: () => maxPoolGradient,
};

let installed = false;

/** Makes the WebAssembly backend able to train; before the backend starts, and once however often it is called. */
export function installKernels(): void {
  if (installed) return;
  installed = true;
  for (const [kernelName, kernelFunc] of Object.entries(added))
    tf.registerKernel({ kernelName, backendName, kernelFunc });
  for (const [kernelName, replace] of Object.entries(replaced)) {
    const stock = tf.getKernel(kernelName, backendName);
    tf.unregisterKernel(kernelName, backendName);
    // The shipped setupFunc stays: it binds the C++ function when the backend starts.
    tf.registerKernel({ ...stock, kernelFunc: replace(stock.kernelFunc) });
  }
  for (const gradient of [biasReluGradient, denseGradient]) tf.registerGradient(gradient);
}
