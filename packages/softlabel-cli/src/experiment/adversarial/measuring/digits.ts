import type { DifferentiableModel } from "../../../attacks/differentiable-model.ts";
import type { AttackedArrays } from "./attacked-files.ts";

/** So many images are shown at most. */
const mostDigits = 10;

/**
 * The first row of each class, ten at most, with its attacked images as bytes.
 *
 * @param images - all attacked rows; pixels in [0, 1], [rows, inputSize].
 */
export function chooseDigits(
  labels: Int32Array,
  { classes, inputSize }: Pick<DifferentiableModel, "classes" | "inputSize">,
  images: Readonly<Record<"fgsm" | "pgd", Float32Array>>,
): Pick<AttackedArrays, "digitRows" | "digitImages"> {
  const first = Array.from({ length: Math.min(classes, mostDigits) }, (_, label) => labels.indexOf(label));
  const digitRows = Int32Array.from(first.filter((row) => row >= 0)).sort();
  const bytes = (of: Float32Array): Uint8Array =>
    Uint8Array.from({ length: digitRows.length * inputSize }, (_, i) => {
      const row = digitRows[Math.floor(i / inputSize)];
      return Math.round(255 * of[row * inputSize + (i % inputSize)]);
    });
  return { digitRows, digitImages: { fgsm: bytes(images.fgsm), pgd: bytes(images.pgd) } };
}
