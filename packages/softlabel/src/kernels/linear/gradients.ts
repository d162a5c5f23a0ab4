import type { Layer } from "./chunk-products.ts";
import type { LayerInput } from "./read-layer.ts";
import type { LinearLoss } from "./result.ts";

/** Where the gradients of a call are summed. */
export interface Gradients extends Required<Pick<Layer, "gradWeight" | "gradBias">> {
  /** Shape [rows, width]. */
  readonly gradFeatures: Float32Array;
  readonly gradWeight: Float32Array;
}

export function zeroGradients({ rows, classes, width, bias }: LayerInput): Gradients {
  return {
    gradFeatures: new Float32Array(rows * width),
    gradWeight: new Float32Array(classes * width),
    gradBias: bias && new Float64Array(classes),
  };
}

/** The gradients as they are returned. */
export function asTensors(
  { rowShape, classes, width }: LayerInput,
  gradients: Gradients | undefined,
): Pick<LinearLoss, "gradFeatures" | "gradWeight" | "gradBias"> {
  const { gradFeatures, gradWeight, gradBias } = gradients ?? {};
  return {
    gradFeatures: gradFeatures && { data: gradFeatures, shape: [...rowShape, width] },
    gradWeight: gradWeight && { data: gradWeight, shape: [classes, width] },
    gradBias: gradBias && { data: Float32Array.from(gradBias), shape: [classes] },
  };
}
