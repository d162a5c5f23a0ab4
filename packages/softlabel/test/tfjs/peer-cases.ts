import * as tf from "@tensorflow/tfjs-core";
import { presets } from "softlabel";
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  type LayersLoss,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  sparseCategoricalCrossentropy,
} from "softlabel/tfjs";

/** One case of another library's tests, of test/fixtures/peers.json. */
export interface PeerCase {
  readonly peer: string;
  readonly test: string;
  readonly loss: string;
  readonly labels: unknown;
  readonly logits: unknown;
  readonly preset?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Of Keras' losses: sample weights of the rows, whose mean divides by their number. */
  readonly weights?: readonly number[];
  /** Of Keras' losses: no reduction. */
  readonly rows?: true;
  readonly expected?: unknown;
  readonly tolerance?: number;
  /** How the message begins where the peer throws. */
  readonly throws?: string;
}

/** What the adapter makes of a case: its numbers, or the message of what it threw. */
export interface Answer {
  readonly numbers?: readonly number[];
  readonly error?: string;
}

/** Runs a case on the backend that is set. */
export async function answer(peer: PeerCase): Promise<Answer> {
  try {
    const loss = tf.tidy(() => lossOf(peer));
    const numbers = [...(await loss.data())];
    loss.dispose();
    return { numbers };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** The case's numbers in row order, with its infinities. */
function numbersOf(value: unknown): number[] {
  return Array.isArray(value) ? value.flatMap(numbersOf) : [Number(value)];
}

/** How far the worst number is from what the peer expects, and how far it may be; both infinite are as near as can be. */
export function distance(actual: readonly number[], peer: PeerCase): number {
  const expected = numbersOf(peer.expected);
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  // Not Math.max of differences: a NaN must not be near to anything.
  const far = actual.map((value, i) => (Object.is(value, expected[i]) ? 0 : Math.abs(value - expected[i])));
  return far.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...far);
}

function lossOf({ loss, labels, logits, preset, options, weights, rows }: PeerCase): tf.Tensor {
  const z = isNumbers(logits) ? tf.tensor(finiteOrNot(logits) as tf.TensorLike, undefined, "float32") : logits;
  const all = { ...(preset === undefined ? {} : presets[preset as keyof typeof presets]), ...options };
  if (loss === "softmaxCrossEntropy") return softmaxCrossEntropy(labels as number[], z as tf.Tensor, all);
  if (loss === "sigmoidCrossEntropy") return sigmoidCrossEntropy(labels as number[], z as tf.Tensor, all);
  const layersLoss = layersLosses[loss](all);
  const dtype = loss === "sparseCategoricalCrossentropy" ? "int32" : "float32";
  const ofRows = layersLoss(tf.tensor(labels as number[], undefined, dtype), z as tf.Tensor);
  if (rows) return ofRows;
  return tf.mean(weights === undefined ? ofRows : tf.mul(ofRows, tf.tensor1d([...weights])));
}

const layersLosses: Readonly<Record<string, (options: object) => LayersLoss>> = {
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
};

const isNumbers = (value: unknown): boolean => Array.isArray(value) || typeof value === "number";

function finiteOrNot(value: unknown): unknown {
  return Array.isArray(value) ? value.map(finiteOrNot) : Number(value);
}
