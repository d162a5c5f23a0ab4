import { engine, type Tensor } from "@tensorflow/tfjs-core";
import { composedGradient } from "./composed/gradient.ts";
import { type Composition, composedLoss } from "./composed/loss.ts";
import { type LogSums, type Statistics, statisticsOf } from "./composed/statistics.ts";
import { alikeRows, type ExpSums, gradientOnWebgl, isWebglBackend, lossOnWebgl } from "./webgl/rows.ts";
import { checkedBackend } from "./webgpu/checked.ts";
import { gradientOnGpu, statisticsOnGpu } from "./webgpu/rows.ts";

/** How a call is computed where the library's kernel cannot reach its tensors. */
export interface Way {
  /** The loss, and of each row what the gradient needs beside the logits. */
  readonly loss: () => readonly [Tensor, Tensor, Tensor];
  /** @param kept - What `loss` gave after the loss. */
  readonly gradient: (upstream: Tensor, kept: readonly Tensor[]) => Tensor;
}

/** By programs of our own on webgl and webgpu where they know the call, else by operations that every backend has. */
export function wayOf(composition: Composition): Way {
  const { backend } = engine();
  const alike = isWebglBackend(backend) ? alikeRows(composition) : undefined;
  if (isWebglBackend(backend) && alike) {
    return {
      loss() {
        const { loss, top, expSum } = lossOnWebgl(composition, alike, backend);
        return [loss, top, expSum];
      },
      gradient: (upstream, [top, expSum]) =>
        gradientOnWebgl(upstream, composition, { top, expSum } as ExpSums, alike, backend),
    };
  }
  const { z, targets } = composition;
  const gpu = checkedBackend();
  const withLoss = (statistics: Statistics): readonly [Tensor, Tensor, Tensor] => [
    composedLoss(composition, statistics),
    statistics.top,
    statistics.logSum,
  ];
  return {
    loss: () => withLoss(gpu ? statisticsOnGpu(z, targets, gpu) : statisticsOf(z, targets)),
    gradient(upstream, [top, logSum]) {
      const sums = { top, logSum } as LogSums;
      return gpu ? gradientOnGpu(upstream, composition, sums, gpu) : composedGradient(upstream, composition, sums);
    },
  };
}
