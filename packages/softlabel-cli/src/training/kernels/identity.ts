import type { KernelFunc } from "@tensorflow/tfjs-core";
import { asKernel, type KernelCall } from "./heap.ts";

/** The same numbers under a second handle. Tensors are immutable, so that nothing needs to be copied. */
export const identity: KernelFunc = asKernel(({ inputs: { x }, backend }: KernelCall<"x">) => {
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
});
