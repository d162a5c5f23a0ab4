import {
  cast,
  fill,
  mul,
  reshape,
  sum,
  type Tensor,
  type Tensor2D,
  tensor1d,
  where,
  zerosLike,
} from "@tensorflow/tfjs-core";
import { readClassWeights } from "../../core/class-weights.ts";
import { readPerRow } from "../../core/per-row.ts";
import { rowScales } from "../../core/row-scales.ts";
import type { Call } from "../read-call.ts";
import { type Indices, lookUp } from "./labels.ts";
import type { PerRow } from "./per-row.ts";
import { column } from "./rows.ts";
import { divideBy } from "./scales.ts";
import { isIndices } from "./targets.ts";

/** What each row's loss is multiplied by before the rows are summed. */
export interface RowScales {
  readonly scale: PerRow;
  /** What the sum begins with. */
  readonly initial: number | Tensor;
  /** How the scale moves with q, where class weights weigh rows. */
  readonly moving: MovingScale | undefined;
}

/** scale = perWeight·Σ q·classWeights */
export interface MovingScale {
  readonly perWeight: Tensor2D;
  /** Shape [1, classes]. */
  readonly classWeights: Tensor2D;
  /** Whether the divisor within `perWeight` is the sum of the weights, and so moves too. */
  readonly dividedByWeights: boolean;
}

/**
 * @param q - Before the class weights.
 * @throws {@link ArgumentError} if an option is wrong.
 */
export function readRowScales(q: Indices | Tensor2D, weights: Tensor | undefined, call: Call): RowScales {
  const { at, options } = call;
  const plain = readPerRow(options.weights ?? 1, "weights", at, Infinity);
  const classWeights = readClassWeights(at, options);
  const scales = rowScales(plain, at.rows, options); // checks the options as well
  const kept = isIndices(q) ? q.kept : undefined;
  if (weights === undefined && classWeights === undefined && kept === undefined) {
    const alike = options.weights === undefined && at.rows > 0;
    const scale = alike ? scales.scale[0] : column(tensor1d(Float32Array.from(scales.scale)));
    return { scale, initial: scales.initial, moving: undefined };
  }

  const ones = fill([at.rows, 1], 1) as Tensor2D;
  const given = weights ?? tensor1d(Float32Array.from(plain));
  const ofRows = mul(given.size === 1 ? cast(reshape(given, []), "float32") : column(given), ones) as Tensor2D;
  const w = kept ? (where(kept, ofRows, zerosLike(ofRows)) as Tensor2D) : ofRows;
  const perClass =
    classWeights && (reshape(tensor1d(Float32Array.from(classWeights.values)), [1, at.classes]) as Tensor2D);
  const ofLabels =
    perClass && (isIndices(q) ? lookUp(reshape(perClass, [-1]), q.label) : sum(mul(q, perClass), 1, true));
  const example = classWeights?.weighting === "example";
  const scaled = ofLabels && example ? mul(w, ofLabels) : w;
  // PyTorch's mean divides by the label's weight for indices, and by 1 a row for distributions.
  const meanWeights = ofLabels && (example || isIndices(q)) ? mul(w, ofLabels) : w;
  const { over, initial } = divideBy(scaled, meanWeights, kept ? cast(kept, "float32") : ones, options);
  const { reduction = "mean", normalizer, meanOver = "weights" } = options;
  const moving = perClass &&
    example && {
      perWeight: over(w) as Tensor2D,
      classWeights: perClass,
      dividedByWeights: reduction === "mean" && normalizer === undefined && meanOver === "weights",
    };
  return { scale: over(scaled) as Tensor2D, initial, moving: moving || undefined };
}
