import type { PgdConfig } from "../../../attacks/attack-config.ts";
import { gatherPixels } from "../../../data/batches.ts";
import type { Dataset, LabelledImages } from "../../../data/dataset.ts";

/** What every model of an experiment is measured with. */
export interface Measurement {
  /** A folder of four IDX files or a Keras .npz; `null` is the MNIST that comes with the laboratory. */
  readonly data: string | null;
  readonly model: string;
  /** At the ε that accuracies are read at; FGSM has its ε and norm. */
  readonly pgd: PgdConfig;
  /** 0 first, ascending, the ε of `pgd` among them. */
  readonly strengths: readonly number[];
  /** How many of the first test rows are attacked. */
  readonly attackedRows: number;
  /** How many of the first training rows trained; `null` is all. */
  readonly trainSize: number | null;
  /** Rows that a model sees at once. */
  readonly batchSize: number;
}

/** Images one after the other, with their labels. */
export interface Rows {
  /** Pixels in [0, 1]; [rows, inputSize]. */
  readonly inputs: Float32Array;
  readonly labels: Int32Array;
}

/** The first rows of a part of the data. */
export function firstRows(dataset: Dataset, part: LabelledImages, rows: number): Rows {
  const chosen = Int32Array.from({ length: rows }, (_, row) => row);
  return { inputs: gatherPixels(dataset, part, chosen), labels: part.labels.slice(0, rows) };
}
