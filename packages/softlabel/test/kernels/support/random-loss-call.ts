import type { SoftmaxCrossEntropyOptions, Tensor, TensorLike } from "softlabel";
import { randomDistribution } from "../../core/random-call.ts";

/** Any call that the loss accepts, on float32 logits. */
export interface LossCall {
  readonly labels: TensorLike;
  readonly logits: Tensor<Float32Array>;
  readonly options: SoftmaxCrossEntropyOptions;
}

type Random = () => number;

type TensorData = Tensor["data"];

/** Different numbers in every lane; each option is there in a third of the calls or so. */
export function randomLossCall(random: Random): LossCall {
  const pick = <T>(...choices: readonly T[]): T => choices[Math.floor(random() * choices.length)];
  const maybe = <T>(value: () => T, odds = 0.3): T | undefined => (random() < odds ? value() : undefined);
  const below = (n: number): number => Math.floor(random() * n);

  const rows = 1 + below(pick(3, 12, 67));
  const classes = 1 + below(pick(4, 20, 70, 300));
  const rowShape = pick([rows], [1, rows], [rows, 1], ...(rows === 1 ? [[]] : []));
  const shape = [...rowShape, classes];
  const numbers = (length: number, most: number): number[] => Array.from({ length }, () => most * random());

  const mask = Array.from({ length: classes }, () => Number(random() < 0.7));
  const paddingIndex = maybe(() => below(classes), classes > 2 ? 0.2 : 0);
  const allowed = maybe(() => mask, 0.25);
  const possible = Array.from({ length: classes }, (_, k) => k).filter((k) => !allowed || mask[k] === 1);
  const usable = possible.filter((k) => k !== paddingIndex);
  if (usable.length === 0) return randomLossCall(random);

  const logits = randomLogits(random, rows, classes, allowed);
  const ignoreIndex = maybe(() => pick(-100, usable[0]), 0.25);
  const indices = Array.from({ length: rows }, () => {
    if (ignoreIndex !== undefined && random() < 0.3) return ignoreIndex;
    if (paddingIndex !== undefined && random() < 0.2) return paddingIndex;
    return usable[below(usable.length)];
  });
  // As it is, or in six decimals: then it misses a sum of 1.
  const written = (numbers: readonly number[]): number[] =>
    random() < 0.3 && classes < 30 ? numbers.map((x) => Number(x.toFixed(6))) : [...numbers];
  const soft = random() < 0.3;
  const distributions = indices.flatMap(() => {
    const row = new Float64Array(classes);
    const some = pick(usable, usable.slice(-5), [usable[below(usable.length)]]);
    randomDistribution(random, some.length).forEach((share, i) => {
      row[some[i]] = share;
    });
    return written(Array.from(row));
  });
  const labels = soft
    ? { data: pick<TensorData>(Float32Array.from(distributions), Float64Array.from(distributions)), shape }
    : { data: pick<TensorData>(Int32Array.from(indices), Float64Array.from(indices), indices), shape: rowShape };

  const prior = maybe(() => written(randomDistribution(random, classes)), 0.25);
  const reduction = pick(undefined, "mean", "sum", "none", "sum-by-nonzero-weights");
  const options: SoftmaxCrossEntropyOptions = {
    labelSmoothing: pick<TensorLike | undefined>(undefined, 0, 1, random(), 0.1, {
      data: numbers(rows, 1),
      shape: rowShape,
    }),
    // What it leaves must have mass.
    prior: prior && usable.some((k) => prior[k] > 0) ? prior : undefined,
    convention: pick(undefined, undefined, "all-classes", "other-classes", "classy-vision"),
    allowed,
    ignoreIndex,
    paddingIndex,
    weights: maybe(() => ({ data: numbers(rows, 2).map((w) => (w < 0.2 ? 0 : w)), shape: rowShape })),
    classWeights: maybe(() => numbers(classes, 2), 0.2),
    classWeighting: maybe(() => pick("example", "pytorch")),
    reduction,
    normalizer: reduction === "sum" || reduction === "none" ? undefined : maybe(() => 1 + 9 * random()),
    meanOver: maybe(() => pick("weights", "rows")),
    emptyMean: maybe(() => 7),
    subtractFloor: maybe(() => true),
    gradient: true,
  };
  return { labels, logits: { data: logits, shape }, options };
}

function randomLogits(
  random: Random,
  rows: number,
  classes: number,
  allowed: readonly number[] | undefined,
): Float32Array {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const [deviation, offset] = [
    [1, 0],
    [5, 0],
    [30, 0],
    [1, 1e6],
    [2, -100],
    [1e37, 0],
    [1e-40, 0],
  ][Math.floor(random() * 7)];
  const logits = Float32Array.from({ length: rows * classes }, () => offset + deviation * normal());
  for (let row = 0; row < rows; row++) {
    const luck = random();
    const at = row * classes + Math.floor(random() * classes);
    if (luck < 0.02) logits[at] = Number.NaN;
    else if (luck < 0.04) logits[at] = Number.POSITIVE_INFINITY;
    else if (luck < 0.08) logits[at] = Number.NEGATIVE_INFINITY;
    else if (luck < 0.1) logits[at] = 60;
    if (allowed && random() < 0.5) {
      for (let k = 0; k < classes; k++) if (allowed[k] === 0) logits[row * classes + k] = Number.NEGATIVE_INFINITY;
    }
  }
  return logits;
}
