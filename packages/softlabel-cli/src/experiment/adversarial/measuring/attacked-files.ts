import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type NpyArray, type NpzArrays, readNpz } from "../../../data/npz.ts";
import { share } from "./subject.ts";

export const summaryFile = "attacks.json";
export const attackedFile = "attacked.npz";

/** `attacks.json`: one model's accuracies, as shares of the attacked rows. */
export interface AttackSummary {
  readonly rows: number;
  readonly strengths: readonly number[];
  /** On the first training rows, at the attack's ε. */
  readonly train: { readonly clean: number; readonly fgsm: number };
  /** By strength. */
  readonly curves: Readonly<Record<"fgsm" | "pgd" | "transfer", readonly number[]>>;
  /** Against PGD that may change every pixel to any value. */
  readonly unbounded: number;
  /** Against PGD at the attack's ε. */
  readonly bySteps: readonly { readonly steps: number; readonly accuracy: number }[];
}

/** `attacked.npz`: the same row by row; lists of rows hold 1 where the row is right, else 0. */
export interface AttackedArrays {
  readonly labels: Int32Array;
  readonly classes: number;
  /** Of the rows as they are and attacked at the attack's ε; [rows, classes]. */
  readonly logits: Readonly<Record<"clean" | "fgsm" | "pgd", Float32Array>>;
  /** By strength. */
  readonly right: Readonly<Record<"fgsm" | "pgd" | "transfer", readonly Uint8Array[]>>;
  readonly unbounded: Uint8Array;
  readonly bySteps: readonly { readonly steps: number; readonly survivors: Uint8Array }[];
  /** A few rows to show, ascending, … */
  readonly digitRows: Int32Array;
  /** … attacked at the attack's ε: pixels as bytes, [rows, inputSize]. */
  readonly digitImages: Readonly<Record<"fgsm" | "pgd", Uint8Array>>;
}

/** @param train - on the first training rows. */
export function summarize(
  { labels, right, unbounded, bySteps }: AttackedArrays,
  strengths: readonly number[],
  train: AttackSummary["train"],
): AttackSummary {
  const shares = (lists: readonly Uint8Array[]): number[] => lists.map(share);
  return {
    rows: labels.length,
    strengths,
    train,
    curves: { fgsm: shares(right.fgsm), pgd: shares(right.pgd), transfer: shares(right.transfer) },
    unbounded: share(unbounded),
    bySteps: bySteps.map(({ steps, survivors }) => ({ steps, accuracy: share(survivors) })),
  };
}

export function readSummary(folder: string): AttackSummary {
  return JSON.parse(readFileSync(join(folder, summaryFile), "utf8"));
}

/** What {@link readAttacked} reads. */
export function arraysOf(attacked: AttackedArrays): NpzArrays {
  const { labels, classes, logits, right, unbounded, bySteps, digitRows, digitImages } = attacked;
  const rows = labels.length;
  const shown = digitRows.length;
  const lists = (of: readonly Uint8Array[]): NpyArray => ({ data: joined(of), shape: [of.length, rows] });
  const scores = (data: Float32Array): NpyArray => ({ data, shape: [rows, classes] });
  const images = (data: Uint8Array): NpyArray => ({ data, shape: [shown, shown === 0 ? 0 : data.length / shown] });
  return {
    labels: { data: labels, shape: [rows] },
    clean_logits: scores(logits.clean),
    fgsm_logits: scores(logits.fgsm),
    pgd_logits: scores(logits.pgd),
    fgsm_right: lists(right.fgsm),
    pgd_right: lists(right.pgd),
    transfer_right: lists(right.transfer),
    unbounded_right: { data: unbounded, shape: [rows] },
    steps: { data: Int32Array.from(bySteps, ({ steps }) => steps), shape: [bySteps.length] },
    steps_right: lists(bySteps.map(({ survivors }) => survivors)),
    digit_rows: { data: digitRows, shape: [shown] },
    digit_fgsm: images(digitImages.fgsm),
    digit_pgd: images(digitImages.pgd),
  };
}

export function readAttacked(folder: string): AttackedArrays {
  const arrays: NpzArrays = readNpz(join(folder, attackedFile));
  const bytes = (name: string): Uint8Array => Uint8Array.from(arrays[name].data, Number);
  const floats = (name: string): Float32Array => Float32Array.from(arrays[name].data, Number);
  const lists = (name: string): Uint8Array[] => {
    const [count, rows] = arrays[name].shape;
    const data = bytes(name);
    return Array.from({ length: count }, (_, i) => data.subarray(i * rows, (i + 1) * rows));
  };
  const survivors = lists("steps_right");
  return {
    labels: Int32Array.from(arrays.labels.data, Number),
    classes: arrays.clean_logits.shape[1],
    logits: { clean: floats("clean_logits"), fgsm: floats("fgsm_logits"), pgd: floats("pgd_logits") },
    right: { fgsm: lists("fgsm_right"), pgd: lists("pgd_right"), transfer: lists("transfer_right") },
    unbounded: bytes("unbounded_right"),
    bySteps: survivors.map((own, i) => ({ steps: Number(arrays.steps.data[i]), survivors: own })),
    digitRows: Int32Array.from(arrays.digit_rows.data, Number),
    digitImages: { fgsm: bytes("digit_fgsm"), pgd: bytes("digit_pgd") },
  };
}

function joined(lists: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    whole.set(list, at);
    at += list.length;
  }
  return whole;
}
