import type { BatchMatMulAttrs, KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import { asKernel, free, type KernelCall, transpose } from "./heap.ts";

/**
 * Wraps a matrix product so that its operands are transposed first and multiplied as they lie.
 *
 * Only a product without transposes reaches XNNPACK; with one the backend falls to a scalar loop. Copying costs
 * O(mk + kn) beside the O(mkn) of the product.
 */
export function withoutTransposes(stock: KernelFunc): KernelFunc {
  return asKernel(({ inputs, attrs, backend }: KernelCall<"a" | "b", BatchMatMulAttrs>) => {
    const a = attrs.transposeA ? transpose(backend, inputs.a, lastTwoSwapped(inputs.a)) : inputs.a;
    const b = attrs.transposeB ? transpose(backend, inputs.b, lastTwoSwapped(inputs.b)) : inputs.b;
    const plain = { ...attrs, transposeA: false, transposeB: false };
    const product = stock({ inputs: { ...inputs, a, b }, attrs: plain, backend });
    if (a !== inputs.a) free(backend, a);
    if (b !== inputs.b) free(backend, b);
    return product;
  });
}

function lastTwoSwapped({ shape }: TensorInfo): number[] {
  const rank = shape.length;
  return [...Array(rank - 2).keys(), rank - 1, rank - 2];
}
