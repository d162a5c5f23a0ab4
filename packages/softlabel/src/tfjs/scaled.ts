import { mul, reshape, type Tensor } from "@tensorflow/tfjs-core";
import type { ClassAxis } from "../core/class-axis.ts";
import { share } from "./share.ts";

/**
 * A gradient that was computed beside the loss, times what arrives at the loss: one number, or one per row.
 *
 * That is 1 where the loss itself is minimised, and costs nothing then.
 */
export function scaled(gradient: Tensor, upstream: Tensor, { axis, rowShape }: ClassAxis): Tensor {
  if (upstream.dataSync().every((each) => each === 1)) return share(gradient);
  if (upstream.rank === 0) return mul(gradient, upstream);
  return mul(gradient, reshape(upstream, [...rowShape.slice(0, axis), 1, ...rowShape.slice(axis)]));
}
