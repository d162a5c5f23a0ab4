import type { LabelScanner } from "./label-scanner.ts";

/**
 * The small contract between the loss and whatever computes it fast.
 *
 * A kernel is given rows of float32 logits with everything about the options resolved, and fills in the two
 * cross-entropies of each row and the gradient. It validates nothing: whoever calls it has. It knows nothing of
 * reductions, presets or shapes, and it owns only its own scratch memory.
 */
export interface Kernel {
  readonly name: string;
  readonly run: (call: KernelCall) => void;
  /** Reads labels that are distributions, before `run` writes anything. */
  readonly scanner: LabelScanner;
}

/** One call; arrays are row-major, the classes contiguous. */
export interface KernelCall {
  readonly rows: number;
  readonly classes: number;
  /** z; shape [rows, classes]. */
  readonly logits: Float32Array;
  /**
   * Receives scale·(p − q′); shape [rows, classes]. The logits themselves: in place. Undefined: no gradient is wanted.
   */
  readonly gradient: Float32Array | undefined;
  /** Class indices, each in [0, classes) or −1 for a row that is left out; or q, float32 of shape [rows, classes]. */
  readonly labels: Int32Array | Float32Array;
  /** Σ q of each row where the labels are distributions. Undefined: they are class indices. */
  readonly labelSums: Float64Array | undefined;
  /** u, shape [classes]: 0 where a class cannot occur. Undefined: 1/classes. */
  readonly prior: Float32Array | undefined;
  /** q′ = hard·q + smooth·u; one of each per row. */
  readonly hard: Float64Array;
  readonly smooth: Float64Array;
  /** What the row's gradient is multiplied by; 0 leaves the row out. */
  readonly scale: Float64Array;
  /** Receives H(q, p) in nats, one per row, unscaled; 0 for a row that is left out. */
  readonly crossEntropy: Float64Array;
  /** Receives H(u, p), likewise. */
  readonly priorCrossEntropy: Float64Array;
}
