import { attack } from "../../../attacks/attack.ts";
import type { FgsmConfig } from "../../../attacks/attack-config.ts";
import { logitsOf } from "../../../attacks/compute.ts";
import type { DifferentiableModel } from "../../../attacks/differentiable-model.ts";
import { predictedClass } from "../../../attacks/judge-logits.ts";
import { randomStream } from "../../../data/random.ts";
import type { Rows } from "./measurement.ts";

/** A model that is attacked, and how many rows it sees at once. */
export interface Subject {
  readonly model: DifferentiableModel;
  readonly batchSize: number;
}

/** What a model says of rows: its logits [rows, classes], and 1 for each row that it predicts right, else 0. */
export interface Answers {
  readonly logits: Float32Array;
  readonly right: Uint8Array;
}

export function answersOf(subject: Subject, { inputs, labels }: Rows): Answers {
  const { model } = subject;
  const logits = inBatches(subject, inputs, (batch) => logitsOf(model, batch));
  const right = Uint8Array.from(labels, (label, row) => (predictedClass(logits, row, model.classes) === label ? 1 : 0));
  return { logits, right };
}

/** The rows under FGSM, led away from what the model predicts. */
export function underFgsm(subject: Subject, { inputs, labels }: Rows, fgsm: FgsmConfig): Rows {
  return { inputs: inBatches(subject, inputs, (batch) => attack(subject.model, batch, fgsm, noRandom)), labels };
}

export function share(right: Uint8Array): number {
  return right.reduce((sum, one) => sum + one, 0) / right.length;
}

/** FGSM draws nothing. */
const noRandom = randomStream(0, "nothing");

function inBatches(
  { model, batchSize }: Subject,
  inputs: Float32Array,
  of: (batch: Float32Array) => Float32Array,
): Float32Array {
  const batches: Float32Array[] = [];
  for (let start = 0; start < inputs.length; start += batchSize * model.inputSize) {
    batches.push(of(inputs.subarray(start, start + batchSize * model.inputSize)));
  }
  const whole = new Float32Array(batches.reduce((length, batch) => length + batch.length, 0));
  let at = 0;
  for (const batch of batches) {
    whole.set(batch, at);
    at += batch.length;
  }
  return whole;
}
