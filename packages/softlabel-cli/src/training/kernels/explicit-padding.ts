import type { Conv2DAttrs, KernelFunc } from "@tensorflow/tfjs-core";
import { tf } from "../tensorflow.ts";
import { asKernel, type KernelCall, padding } from "./heap.ts";

/**
 * Wraps a convolution's forward kernel so that `"same"` reaches it as four numbers.
 *
 * XNNPACK's own "same" is wrong where the filter is smaller than the stride.
 */
export function withExplicitPadding(stock: KernelFunc): KernelFunc {
  return asKernel(({ inputs, attrs, backend }: KernelCall<"x" | "filter", Conv2DAttrs>) => {
    const explicit =
      attrs.pad === "same" && attrs.dataFormat === "NHWC" ? { ...attrs, pad: samePadding(inputs, attrs) } : attrs;
    return stock({ inputs: { ...inputs }, attrs: { ...explicit }, backend });
  });
}

function samePadding(
  { x, filter }: KernelCall<"x" | "filter">["inputs"],
  { strides, dilations }: Conv2DAttrs,
): ReturnType<typeof padding> {
  const { padInfo } = tf.backend_util.computeConv2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number, number],
    strides,
    dilations,
    "same",
  );
  return padding(padInfo.top, padInfo.bottom, padInfo.left, padInfo.right);
}
