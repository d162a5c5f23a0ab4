import { z } from "zod";
import type { Trial } from "../trials.ts";

/** What a queue carries of a trial: the token of the folder that it belongs to, and its configuration. */
export interface TrialJob {
  readonly token: string;
  readonly trial: Trial;
}

/** Text of a job that is longer holds no trial: a prior over 10,000 classes takes a quarter of it. */
export const longestJob = 1_000_000;

const id = z.string().regex(/^[0-9a-f]{16}$/, "16 hexadecimal digits");
const unit = z.number().min(0).max(1);
const count = z.int().min(1);
const word = z.string().max(4096);
const seed = z.int();

const prior = z.union([z.enum(["uniform", "class-frequencies"]), z.array(unit).min(1)]);
const convention = z.enum(["all-classes", "other-classes", "classy-vision"]);
const norm = z.union([z.literal("inf"), z.literal(2)]);
const radius = z.number().min(0);
const fgsm = z.strictObject({ kind: z.literal("fgsm"), epsilon: radius, norm });
const pgd = z.strictObject({
  kind: z.literal("pgd"),
  epsilon: radius,
  norm,
  steps: count,
  stepSize: z.number().positive(),
  restarts: count,
});

const training = z.strictObject({
  data: word.nullable(),
  model: word,
  labelSmoothing: unit,
  prior,
  convention,
  seed,
  trainSize: count.nullable(),
  trainRows: z.enum(["drawn", "first"]),
  validationSize: z.int().min(0),
  epochs: count,
  batchSize: count,
  learningRate: z.number().positive(),
  optimizer: z.enum(["adam", "sgd", "momentum"]),
  labelNoise: unit,
  adversary: z.strictObject({ attack: z.union([fgsm, pgd]), coefficient: unit }).nullable(),
});

const external = z.strictObject({
  labelSmoothing: unit,
  prior,
  convention,
  seed,
  parameters: z.record(word, z.union([word, z.number(), z.boolean()])),
});

const measurement = {
  data: word.nullable(),
  model: word,
  pgd,
  strengths: z.array(radius).min(1),
  attackedRows: count,
  trainSize: count.nullable(),
  batchSize: count,
  seed,
};

const target = z.strictObject({ trial: id, labelSmoothing: unit, training: z.enum(["clean", "adversarial"]) });

const trial = z.discriminatedUnion("kind", [
  z.strictObject({ id, kind: z.literal("train"), config: training }),
  z.strictObject({ id, kind: z.literal("external"), config: external }),
  z.strictObject({ id, kind: z.literal("craft"), config: z.strictObject({ ...measurement, source: id }) }),
  z.strictObject({ id, kind: z.literal("attack"), config: z.strictObject({ ...measurement, target, crafted: id }) }),
]);

/**
 * What a job must be to be carried out: a trial of a known kind, each of its keys known and in its range. Whatever names
 * a file is an id, but for `data`, which a worker compares with its own.
 */
export const trialJob: z.ZodType<TrialJob> = z.strictObject({
  token: z.string().regex(/^[0-9a-f]{32}$/, "32 hexadecimal digits"),
  trial,
});
