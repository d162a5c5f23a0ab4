/** A linear layer and where its gradients are summed. */
export interface Layer {
  /** K */
  readonly classes: number;
  readonly width: number;
  /** Shape [classes, width]. */
  readonly weight: Float32Array;
  /** Shape [classes]. */
  readonly bias: Float32Array | undefined;
  /** Shape [classes, width]; begins as zeros. Undefined: no gradient is wanted. */
  readonly gradWeight: Float32Array | undefined;
  /** Shape [classes], float64 because a class meets every row; begins as zeros. */
  readonly gradBias: Float64Array | undefined;
}

/**
 * The matrix products of a layer, some rows at a time.
 *
 * A chunk's features and logits have one place each, which the gradients take over: nothing else is as large.
 */
export interface ChunkProducts {
  /** x, then ∂/∂x; room for [chunkRows, width]. */
  readonly features: Float32Array;
  /** z, then ∂/∂z; room for [chunkRows, classes]. */
  readonly logits: Float32Array;
  /** z = x·wᵀ + b */
  readonly forward: (rows: number) => void;
  /** Given ∂/∂z: gradWeight += ∂/∂zᵀ·x, gradBias += Σ ∂/∂z over the rows, x becomes ∂/∂x = ∂/∂z·w. */
  readonly backward: (rows: number) => void;
}
