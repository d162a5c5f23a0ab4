import type { backend_util } from "@tensorflow/tfjs-core";
import { tf } from "../tensorflow.ts";

type Shape4D = [number, number, number, number];

export interface Conv2DGradientAttributes {
  readonly strides: number | [number, number];
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dataFormat: "NHWC" | "NCHW";
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/** Sizes, strides and padding of an undilated convolution, from its shapes. */
export function conv2dShape(
  xShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dataFormat, dimRoundingMode }: Conv2DGradientAttributes,
): backend_util.Conv2DInfo {
  if (dataFormat !== "NHWC") throw new Error(`dataFormat must be NHWC to train on WebAssembly, got ${dataFormat}`);
  return tf.backend_util.computeConv2DInfo(
    [...xShape] as Shape4D,
    [...filterShape] as Shape4D,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}
